package org.dmabuf.memory;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/** Between a channel in blocking mode and memory that it reads or writes by itself. */
final class ChannelTransfers {
  private ChannelTransfers() {}

  /** Fills a buffer from a channel; returns its position, less than its limit only at the end. */
  static long fill(ByteBuffer buffer, ReadableByteChannel channel) {
    try {
      while (buffer.hasRemaining()) {
        int got = channel.read(buffer);
        if (got < 0) {
          break;
        }
        if (got == 0) {
          throw new DmaBufException(
              Errno.EAGAIN, "The channel has no bytes now; it should be in blocking mode");
        }
      }
      return buffer.position();
    } catch (IOException e) {
      throw failed("Reading from the channel", e);
    }
  }

  /** Writes all of a buffer to a channel. */
  static void drain(ByteBuffer buffer, WritableByteChannel channel) {
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw failed("Writing to the channel", e);
    }
  }

  private static DmaBufException failed(String what, IOException e) {
    boolean interrupted =
        e instanceof ClosedByInterruptException || e instanceof InterruptedIOException;
    return new DmaBufException(
        interrupted ? Errno.EINTR : Errno.EIO,
        what + (interrupted ? " was interrupted" : " failed: " + e));
  }
}
