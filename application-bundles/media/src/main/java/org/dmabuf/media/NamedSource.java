package org.dmabuf.media;

import java.util.OptionalLong;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;

/**
 * A source under the name that its configuration gives it; who uses the service cannot close it.
 */
final class NamedSource implements FrameSource {
  private final FrameSource source;
  private final SourceInfo info;

  NamedSource(FrameSource source, String name) {
    this.source = source;
    SourceInfo own = source.info();
    this.info =
        new SourceInfo(
            name,
            own.format(),
            own.width(),
            own.height(),
            own.rateNumerator(),
            own.rateDenominator(),
            own.frames(),
            own.live(),
            own.y4mHeader());
  }

  @Override
  public SourceInfo info() {
    return info;
  }

  @Override
  public OptionalLong read(FrameTarget target) {
    return source.read(target);
  }

  @Override
  public void delivered(long index) {
    source.delivered(index);
  }

  @Override
  public long position() {
    return source.position();
  }

  @Override
  public long dropped() {
    return source.dropped();
  }
}
