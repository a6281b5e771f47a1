package org.dmabuf.planted.media;

import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.OpenFrameSource;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.osgi.service.component.annotations.Component;

/** Says of every location that it is live, and opens none. */
@Component(service = FrameSourceFactory.class)
public final class LiveMedia implements FrameSourceFactory {
  /** What the header Planted-Fault names. */
  public enum Fault {
    /** A frame that nobody took in time. */
    DROPS
  }

  static final SourceInfo INFO =
      new SourceInfo(
          "live", PixelFormat.GREY, 64, 48, 30, 1, OptionalLong.empty(), true, Optional.empty());

  @Override
  public SourceInfo probe(SourceRequest request) {
    return INFO;
  }

  @Override
  public OpenFrameSource open(SourceRequest request) {
    throw new UnsupportedOperationException("the configured source is the only one");
  }

  /** The source that the run configures: its frame {@value #DROPPED} is not taken in time. */
  @Component(
      service = FrameSource.class,
      property = FrameSource.NAME + "=demo",
      configurationPid = "org.dmabuf.media.source",
      configurationPolicy = org.osgi.service.component.annotations.ConfigurationPolicy.REQUIRE)
  public static final class LiveSource implements FrameSource {
    private static final long DROPPED = 3;
    private long position;

    @Override
    public SourceInfo info() {
      return INFO;
    }

    @Override
    public synchronized OptionalLong read(FrameTarget target) {
      position += position == DROPPED ? 1 : 0;
      target.view().fill(0, target.layout().size(), (byte) position);
      return OptionalLong.of(position);
    }

    @Override
    public synchronized void delivered(long index) {
      position = Math.max(position, index + 1);
    }

    @Override
    public synchronized long position() {
      return position;
    }

    @Override
    public synchronized long dropped() {
      return position > DROPPED ? 1 : 0;
    }
  }
}
