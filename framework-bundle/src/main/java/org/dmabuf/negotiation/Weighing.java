package org.dmabuf.negotiation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;

/**
 * Finds all candidates of one request with the reasons against them. For one thread.
 *
 * <pre>
 *   exporter x placement x format x modifier      refused by: the exporter, each device in order
 *              \_______ memory, once _____/
 * </pre>
 */
final class Weighing {
  private final BufferRequest request;
  private final List<ImporterNeeds> importers;
  private final int pitchAlign;
  private final List<Candidate> candidates = new ArrayList<>();
  // Of the last format and alignment: exporters seldom differ in them.
  private FrameLayout lastLayout;
  private int lastAlign;

  Weighing(BufferRequest request, List<ImporterNeeds> importers) {
    this.request = request;
    this.importers = importers;
    int strictest = request.pitchAlign();
    for (ImporterNeeds device : importers) {
      strictest = Math.max(strictest, device.pitchAlign());
    }
    this.pitchAlign = strictest;
  }

  /** The candidates of all exporters, in the order that {@link Negotiation} states. */
  List<Candidate> of(List<ExporterOffer> exporters) {
    if (request.formats().isEmpty()) {
      for (ExporterOffer exporter : exporters) {
        addBytes(exporter);
      }
    }
    // Format by format, so that a layout is made once for all exporters of one alignment.
    for (PixelFormat format : request.formats()) {
      for (ExporterOffer exporter : exporters) {
        addFrames(exporter, format);
      }
    }
    candidates.sort(order());
    return candidates;
  }

  private Comparator<Candidate> order() {
    return Comparator.comparing((Candidate candidate) -> !candidate.fits())
        .thenComparingInt(c -> c.format().map(request.formats()::indexOf).orElse(0))
        .thenComparingInt(candidate -> rank(candidate.modifier()))
        .thenComparing(Candidate::modifier, Long::compareUnsigned)
        .thenComparingInt(candidate -> candidate.placement().cost())
        .thenComparingLong(Candidate::bytes)
        .thenComparingInt(candidate -> -candidate.exporter().ranking())
        .thenComparing(candidate -> candidate.exporter().name())
        .thenComparingLong(candidate -> candidate.exporter().id())
        .thenComparingInt(c -> c.exporter().placements().indexOf(c.placement()));
  }

  private int rank(long modifier) {
    if (!request.modifiers().isEmpty()) {
      return request.modifiers().indexOf(modifier);
    }
    if (modifier == Modifier.INVALID) {
      return 2;
    }
    return modifier == Modifier.LINEAR ? 1 : 0;
  }

  private void addBytes(ExporterOffer exporter) {
    for (Placement placement : exporter.placements()) {
      long bytes = placement.rounded(request.bytes());
      candidates.add(
          new Candidate(
              exporter,
              placement,
              Optional.empty(),
              Modifier.LINEAR,
              1,
              Optional.empty(),
              bytes,
              memory(exporter, placement, bytes)));
    }
  }

  private void addFrames(ExporterOffer exporter, PixelFormat format) {
    FrameLayout layout = layout(format, Math.max(pitchAlign, exporter.pitchAlign()));
    for (long modifier : modifiers(exporter, format)) {
      List<Refusal> pixels = pixels(exporter, format, modifier);
      for (Placement placement : exporter.placements()) {
        long bytes = placement.rounded(layout.size());
        List<Refusal> all = new ArrayList<>(pixels);
        all.addAll(memory(exporter, placement, bytes));
        candidates.add(
            new Candidate(
                exporter,
                placement,
                Optional.of(format),
                modifier,
                lastAlign,
                modifier == Modifier.LINEAR ? Optional.of(layout) : Optional.empty(),
                bytes,
                all));
      }
    }
  }

  private FrameLayout layout(PixelFormat format, int align) {
    if (lastLayout == null || lastLayout.format() != format || lastAlign != align) {
      lastLayout = FrameLayout.of(format, request.width(), request.height(), align);
      lastAlign = align;
    }
    return lastLayout;
  }

  /** What is looked at: what was requested, or else what the exporter can make. */
  private List<Long> modifiers(ExporterOffer exporter, PixelFormat format) {
    if (!request.modifiers().isEmpty()) {
      return request.modifiers();
    }
    List<Long> own = exporter.formats().modifiers(format);
    return own.isEmpty() ? List.of(Modifier.LINEAR) : own;
  }

  private List<Refusal> pixels(ExporterOffer exporter, PixelFormat format, long modifier) {
    List<Refusal> refusals = new ArrayList<>();
    checkPixels(exporter.name(), exporter.formats(), exporter.sizes(), format, modifier, refusals);
    for (ImporterNeeds device : importers) {
      checkPixels(device.name(), device.formats(), device.sizes(), format, modifier, refusals);
      // Devices of one driver know what it does when nobody says; nobody else can.
      boolean ofDriver = !exporter.driver().isEmpty() && exporter.driver().equals(device.driver());
      if (modifier == Modifier.INVALID && !ofDriver) {
        refusals.add(new Refusal(device.name(), Constraint.DRIVER, 0, 0));
      }
    }
    return refusals;
  }

  private void checkPixels(
      String who,
      FormatTable formats,
      SizeLimits sizes,
      PixelFormat format,
      long modifier,
      List<Refusal> to) {
    int fourcc = format.drmFourcc();
    if (!formats.has(format)) {
      to.add(new Refusal(who, Constraint.FORMAT, fourcc, fourcc));
    } else if (!formats.has(format, modifier)) {
      to.add(new Refusal(who, Constraint.MODIFIER, modifier, fourcc));
    }
    side(who, Constraint.WIDTH, request.width(), sizes.minWidth(), sizes.maxWidth(), to);
    side(who, Constraint.HEIGHT, request.height(), sizes.minHeight(), sizes.maxHeight(), to);
  }

  private static void side(
      String who, Constraint which, int asked, int least, int most, List<Refusal> to) {
    if (asked < least || asked > most) {
      to.add(new Refusal(who, which, asked, asked < least ? least : most));
    }
  }

  private List<Refusal> memory(ExporterOffer exporter, Placement placement, long bytes) {
    List<Refusal> refusals = new ArrayList<>();
    if (placement.maxBytes() < bytes) {
      refusals.add(new Refusal(exporter.name(), Constraint.BYTES, bytes, placement.maxBytes()));
    }
    for (ImporterNeeds device : importers) {
      MemoryFit.check(device, placement, bytes, refusals);
    }
    return refusals;
  }
}
