package org.dmabuf.media;

import java.util.OptionalLong;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/** Reads a Y4M stream; a frame stays in the stream's memory until it was delivered. */
final class Y4mStreamReader implements FrameReader {
  private final Y4mStream stream;
  private final FrameDelivery delivery;

  Y4mStreamReader(Y4mStream stream, SourceRequest request) {
    this.stream = stream;
    this.delivery = new FrameDelivery(stream.awaitHeader(), request, OptionalLong.empty());
  }

  Y4mStream stream() {
    return stream;
  }

  @Override
  public SourceInfo info() {
    return delivery.info();
  }

  @Override
  public boolean read(long index, FrameTarget target) {
    byte[] frame = stream.awaitFrame(index);
    if (frame.length == 0) {
      return false;
    }
    delivery.deliver(frame, target);
    return true;
  }

  @Override
  public void passed(long index) {
    stream.passed(index);
  }

  @Override
  public void close() {
    stream.close();
  }
}
