package org.dmabuf.importer.v4l2;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;

/** Grey frames of 32x16 for ever; keeps the name of who wrote last. */
final class ConstantSource implements FrameSource {
  private final String name;
  private final AtomicLong position = new AtomicLong();
  volatile String writer = "";

  ConstantSource(String name) {
    this.name = name;
  }

  @Override
  public SourceInfo info() {
    return new SourceInfo(
        name, PixelFormat.GREY, 32, 16, 25, 1, OptionalLong.empty(), false, Optional.empty());
  }

  @Override
  public OptionalLong read(FrameTarget target) {
    writer = target.writer();
    target.view().fill(0, target.layout().size(), (byte) 7);
    return OptionalLong.of(position.get());
  }

  @Override
  public void delivered(long index) {
    position.accumulateAndGet(index + 1, Math::max);
  }

  @Override
  public long position() {
    return position.get();
  }

  @Override
  public long dropped() {
    return 0;
  }
}
