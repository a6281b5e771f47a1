package org.dmabuf.demo;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which drivers are replaced, and at which frame; in the order of the frames.
 *
 * @param swaps the swaps, may be empty
 */
record SwapPlan(List<Swap> swaps) {
  /**
   * One swap.
   *
   * @param role whose bundle
   * @param frame when so many frames have been displayed, 1 or more
   */
  record Swap(Role role, long frame) {}

  /**
   * Reads what the person asked, or takes the default: all three once, at a third, at two thirds
   * and at five sixths of the frames.
   *
   * @param text such as {@code exporter@100,capture@200}, or {@code none}; empty for the default
   * @param frames how many frames there will be; empty when nobody knows
   * @throws BadInput for an unknown role, a frame that is no number, or one that never comes
   */
  static SwapPlan of(Optional<String> text, OptionalLong frames) {
    if (text.isEmpty()) {
      return byDefault(frames);
    }
    if (text.get().equals("none")) {
      return new SwapPlan(List.of());
    }
    List<Swap> swaps = new ArrayList<>();
    for (String part : text.get().split(",", -1)) {
      swaps.add(parse(part.strip(), frames));
    }
    swaps.sort(Comparator.comparingLong(Swap::frame));
    return new SwapPlan(List.copyOf(swaps));
  }

  private static SwapPlan byDefault(OptionalLong frames) {
    if (frames.isEmpty() || frames.getAsLong() < 2) {
      return new SwapPlan(List.of());
    }
    long all = frames.getAsLong();
    return new SwapPlan(
        List.of(
            new Swap(Role.EXPORTER, Math.max(1, all / 3)),
            new Swap(Role.CAPTURE, Math.max(1, all * 2 / 3)),
            new Swap(Role.DISPLAY, Math.max(1, all * 5 / 6))));
  }

  private static Swap parse(String part, OptionalLong frames) {
    int at = part.indexOf('@');
    if (at < 0) {
      throw new BadInput(
          "'" + part + "' is no swap; ROLE@FRAME such as capture@200, or none, would work.");
    }
    Role role = Role.parse(part.substring(0, at));
    long frame;
    try {
      frame = Long.parseLong(part.substring(at + 1));
    } catch (NumberFormatException noNumber) {
      throw new BadInput(
          "The frame of the swap '"
              + part
              + "' is no number; "
              + role.label()
              + "@100 would work.");
    }
    if (frame < 1 || (frames.isPresent() && frame >= frames.getAsLong())) {
      throw new BadInput(
          "The swap '"
              + part
              + "' is at a frame that never comes; 1 to "
              + (frames.isPresent() ? String.valueOf(frames.getAsLong() - 1) : "any")
              + " would work.");
    }
    return new Swap(role, frame);
  }
}
