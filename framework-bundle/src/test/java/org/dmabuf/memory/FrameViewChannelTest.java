package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;

/** Channels that take little at a time, fail or are interrupted. */
class FrameViewChannelTest {
  private final TransferMeter meter = new TransferMeter();
  private final FrameView view =
      new FrameView(
          List.of(MemorySegment.ofArray(new byte[5]), MemorySegment.ofArray(new byte[5])), meter);

  /** Moves two bytes at a time, and then fails. */
  private static final class Failing implements ByteChannel {
    private final IOException failure;
    private int left;

    Failing(int left, IOException failure) {
      this.left = left;
      this.failure = failure;
    }

    private int move(ByteBuffer buffer) throws IOException {
      if (left == 0) {
        throw failure;
      }
      int moved = Math.min(Math.min(left, 2), buffer.remaining());
      buffer.position(buffer.position() + moved);
      left -= moved;
      return moved;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      return move(to);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return move(from);
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static void assertFails(Errno errno, String cause, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .withMessageContaining(cause)
        .satisfies(failed -> assertThat(failed.errno()).isEqualTo(errno));
  }

  @Test
  void writeToAChannelThatFailsIsEioAndWhatWentIsCounted() {
    IOException pulled = new IOException("cable pulled");
    assertFails(Errno.EIO, "cable pulled", () -> view.writeTo(new Failing(7, pulled), 0, 10));
    assertThat(meter.get(Transfer.READ)).isEqualTo(7);
    view.writeTo(new Failing(9, pulled), 1, 9);
    assertThat(meter.get(Transfer.READ)).isEqualTo(16);
  }

  @Test
  void interruptedChannelIsEintrAndWhatCameIsCounted() {
    assertFails(
        Errno.EINTR,
        "interrupted",
        () -> view.readFrom(new Failing(6, new ClosedByInterruptException()), 0, 10));
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(6);
    assertFails(
        Errno.EINTR,
        "interrupted",
        () -> view.writeTo(new Failing(3, new InterruptedIOException()), 0, 10));
    assertThat(meter.get(Transfer.READ)).isEqualTo(3);
  }
}
