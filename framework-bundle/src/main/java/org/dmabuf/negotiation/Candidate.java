package org.dmabuf.negotiation;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * One way to make the buffer that was requested: an exporter, one of its placements, a format and a
 * modifier. Plain data.
 *
 * @param exporter who would make it, never null
 * @param placement out of what memory, never null
 * @param format the pixel format; empty for bytes
 * @param modifier how the pixels are arranged
 * @param pitchAlign what every pitch is a multiple of, in bytes
 * @param layout where the planes lie; empty for bytes and for other modifiers than linear
 * @param bytes how many it takes there at least, rounded up as the placement does
 * @param refusals who rules it out and why; empty when it suits everybody; never null
 */
public record Candidate(
    ExporterOffer exporter,
    Placement placement,
    Optional<PixelFormat> format,
    long modifier,
    int pitchAlign,
    Optional<FrameLayout> layout,
    long bytes,
    List<Refusal> refusals) {
  /** Checks that nothing is null. */
  public Candidate {
    Objects.requireNonNull(exporter, "exporter");
    Objects.requireNonNull(placement, "placement");
    Objects.requireNonNull(layout, "layout");
    refusals = List.copyOf(refusals);
  }

  /** Tells whether it suits everybody. */
  public boolean fits() {
    return refusals.isEmpty();
  }

  /** Returns exporter and placement for people, such as {@code "vram (system)"}; never null. */
  public String place() {
    return exporter.placements().size() == 1
        ? exporter.name()
        : exporter.name() + " (" + placement.name() + ")";
  }

  /** Returns the format with its modifier for people; "bytes" when there is none; never null. */
  public String pixels() {
    return format.map(known -> known.fourcc() + " " + FormatTable.text(modifier)).orElse("bytes");
  }

  /** Returns the reasons in words, each once; empty when it fits; never null. */
  public String reasons() {
    return refusals.stream().map(Refusal::sentence).distinct().collect(Collectors.joining("; "));
  }
}
