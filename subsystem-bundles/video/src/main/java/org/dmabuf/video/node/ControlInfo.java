package org.dmabuf.video.node;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A control of a device. Kernel counterpart: {@code struct v4l2_queryctrl}.
 *
 * @param id its number, see {@link ControlId}
 * @param name never null
 * @param kind never null
 * @param minimum the least value
 * @param maximum the greatest value
 * @param step between values, 1 or more
 * @param initial the value that it has until it is set
 * @param items the names of a menu's values, from {@code minimum} on; empty for others
 */
public record ControlInfo(
    int id,
    String name,
    Kind kind,
    int minimum,
    int maximum,
    int step,
    int initial,
    List<String> items) {

  /** What values mean. Kernel counterpart: {@code enum v4l2_ctrl_type}. */
  public enum Kind {
    /** A number. */
    INTEGER(1),
    /** 0 or 1. */
    BOOLEAN(2),
    /** One of some names. */
    MENU(3),
    /** Something happens when it is set; it has no value. */
    BUTTON(4);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** Returns V4L2's number. */
    public int number() {
      return number;
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws DmaBufException EINVAL when they contradict each other
   */
  public ControlInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    items = List.copyOf(items);
    boolean menu = kind != Kind.MENU || items.size() == maximum - minimum + 1;
    if (minimum > maximum || step < 1 || initial < minimum || initial > maximum || !menu) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Control %s goes from %d to %d by %d, is %d and has the names %s"
              .formatted(name, minimum, maximum, step, initial, items));
    }
  }

  /** Makes a number. */
  public static ControlInfo integer(int id, String name, int min, int max, int step, int initial) {
    return new ControlInfo(id, name, Kind.INTEGER, min, max, step, initial, List.of());
  }

  /** Makes a switch that is off. */
  public static ControlInfo toggle(int id, String name) {
    return new ControlInfo(id, name, Kind.BOOLEAN, 0, 1, 1, 0, List.of());
  }

  /** Makes a menu whose first name is the initial one. */
  public static ControlInfo menu(int id, String name, List<String> items) {
    return new ControlInfo(id, name, Kind.MENU, 0, items.size() - 1, 1, 0, items);
  }

  /** Makes a button. */
  public static ControlInfo button(int id, String name) {
    return new ControlInfo(id, name, Kind.BUTTON, 0, 0, 1, 0, List.of());
  }

  /** Returns the value there is that is nearest to what was asked. */
  int nearest(int asked) {
    int within = Math.clamp(asked, minimum, maximum);
    long steps = ((long) within - minimum + step / 2) / step;
    return (int) Math.min(minimum + steps * step, maximum - (maximum - minimum) % step);
  }
}
