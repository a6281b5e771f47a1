package org.dmabuf.pipeline;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/**
 * What a {@link PipelineSetup} makes a pipeline of. Plain data.
 *
 * @param name the pipeline's name, and its source's; never null
 * @param source what is shown, with or without looping; never null
 * @param info what a probe of the source said, from which the pipeline has its size and format;
 *     never null
 * @param exporter the name of the exporter that the buffers come from, several with commas between
 *     them, or {@code "*"} for any: of these the cheapest that suits all devices; never null
 * @param rate frames a second as N or N/D, or "max"; never null
 * @param buffers how many go round, 3 to 64
 * @param frames after how many frames it ends; empty for no limit
 * @param allowed how many frames it may show until it is told to go on, see {@link Pipeline#allow}
 * @param record the Y4M file that what was displayed is written to; empty for none
 * @param conversion what a converter of its own makes of the frames for the display; empty for none
 */
public record PipelinePlan(
    String name,
    SourceRequest source,
    SourceInfo info,
    String exporter,
    String rate,
    int buffers,
    OptionalLong frames,
    long allowed,
    Optional<String> record,
    Optional<Conversion> conversion) {
  /** Checks that nothing is null. */
  public PipelinePlan {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(info, "info");
    Objects.requireNonNull(exporter, "exporter");
    Objects.requireNonNull(rate, "rate");
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(conversion, "conversion");
  }

  /** A plan without a converter. */
  public PipelinePlan(
      String name,
      SourceRequest source,
      SourceInfo info,
      String exporter,
      String rate,
      int buffers,
      OptionalLong frames,
      long allowed,
      Optional<String> record) {
    this(name, source, info, exporter, rate, buffers, frames, allowed, record, Optional.empty());
  }

  /** Returns the same plan for another pipeline beside it, which shows all and records nothing. */
  public PipelinePlan beside(String other) {
    return new PipelinePlan(
        other,
        source,
        info,
        exporter,
        rate,
        buffers,
        frames,
        Long.MAX_VALUE,
        Optional.empty(),
        conversion);
  }

  /** Returns the same plan with a converter. */
  public PipelinePlan withConversion(Conversion wanted) {
    return new PipelinePlan(
        name, source, info, exporter, rate, buffers, frames, allowed, record, Optional.of(wanted));
  }
}
