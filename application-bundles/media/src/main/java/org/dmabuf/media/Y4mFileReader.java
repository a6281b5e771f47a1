package org.dmabuf.media;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/** Reads a Y4M file, straight from the file into the buffer when its own format is wanted. */
final class Y4mFileReader implements FrameReader {
  private final Y4mFile index;
  private final boolean loop;
  private final FrameDelivery delivery;
  private final ReopenedFile file;
  private byte[] frame;

  Y4mFileReader(Path path, Y4mFile index, SourceRequest request) {
    this.index = index;
    this.loop = request.loop();
    OptionalLong frames = loop ? OptionalLong.empty() : OptionalLong.of(index.frames());
    this.delivery = new FrameDelivery(index.header(), request, frames);
    this.file = new ReopenedFile(path);
  }

  @Override
  public SourceInfo info() {
    return delivery.info();
  }

  @Override
  public boolean read(long position, FrameTarget target) {
    if (!loop && position >= index.frames()) {
      return false;
    }
    int number = (int) (position % index.frames());
    try {
      FileChannel channel = file.channel();
      channel.position(index.offset(number));
      if (delivery.asIs()) {
        checkWhole(number, target.readFrame(channel));
      } else {
        if (frame == null) {
          frame = new byte[Math.toIntExact(delivery.own().size())];
        }
        checkWhole(number, readInto(channel, ByteBuffer.wrap(frame)));
        delivery.deliver(frame, target);
      }
      return true;
    } catch (IOException e) {
      throw Failures.of(file.path(), e);
    } catch (DmaBufException e) {
      if (e.errno() == Errno.EIO) {
        throw new DmaBufException(
            Errno.EIO,
            "Frame %d of file '%s' cannot be read: %s"
                .formatted(number, file.path(), e.getMessage()));
      }
      throw e;
    }
  }

  private static long readInto(FileChannel channel, ByteBuffer buffer) throws IOException {
    int got = 0;
    while (got >= 0 && buffer.hasRemaining()) {
      got = channel.read(buffer);
    }
    return buffer.position();
  }

  /** A file is whole when it is opened; one that was cut since then cannot be trusted further. */
  private void checkWhole(int number, long got) {
    if (got < delivery.own().size()) {
      throw new DmaBufException(
          Errno.EPIPE,
          "File '%s' was truncated while it was read: frame %d has %d of %d bytes"
              .formatted(file.path(), number, got, delivery.own().size()));
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
