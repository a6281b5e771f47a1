package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;

class FrameViewTest {
  private final TransferMeter meter = new TransferMeter();

  @Test
  void behavesAsAPlainArrayForAnySegmentation() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try (Arena arena = Arena.ofConfined()) {
        FrameView view = new FrameView(segments(arena, random), meter);
        byte[] model = new byte[(int) view.size()];
        for (int step = 0; step < 40; step++) {
          int offset = random.nextInt(model.length + 1);
          int length = random.nextInt(model.length - offset + 1);
          change(random, view, model, offset, length);
          look(random, view, model);
        }
      }
    }
  }

  private static void change(
      SplittableRandom random, FrameView view, byte[] model, int offset, int length) {
    byte[] data = new byte[length + 7];
    random.nextBytes(data);
    switch (random.nextInt(5)) {
      case 0 -> {
        view.write(offset, data, 3, length);
        System.arraycopy(data, 3, model, offset, length);
      }
      case 1 -> {
        view.fill(offset, length, data[0]);
        Arrays.fill(model, offset, offset + length, data[0]);
      }
      case 2 -> {
        int[] words = new int[length / 4 + 2];
        ByteBuffer.wrap(data)
            .order(ByteOrder.LITTLE_ENDIAN)
            .asIntBuffer()
            .get(words, 1, length / 4);
        view.write(offset, words, 1, length / 4);
        System.arraycopy(data, 0, model, offset, length / 4 * 4);
      }
      case 3 -> {
        long[] words = new long[length / 8 + 2];
        ByteBuffer.wrap(data)
            .order(ByteOrder.LITTLE_ENDIAN)
            .asLongBuffer()
            .get(words, 2, length / 8);
        view.write(offset, words, 2, length / 8);
        System.arraycopy(data, 0, model, offset, length / 8 * 8);
      }
      default -> {
        // A channel that gives a few bytes at a time, and may end early.
        int there = random.nextInt(length + 1);
        long got = view.readFrom(trickle(data, there, random), offset, length);
        assertThat(got).isEqualTo(there);
        System.arraycopy(data, 0, model, offset, there);
      }
    }
  }

  private static void look(SplittableRandom random, FrameView view, byte[] model)
      throws IOException {
    int offset = random.nextInt(model.length + 1);
    int length = random.nextInt(model.length - offset + 1);
    byte[] expected = Arrays.copyOfRange(model, offset, offset + length);
    byte[] read = new byte[length + 5];
    view.read(offset, read, 2, length);
    assertThat(Arrays.copyOfRange(read, 2, 2 + length)).isEqualTo(expected);
    ByteBuffer bytes = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
    int[] ints = new int[length / 4 + 3];
    view.read(offset, ints, 2, length / 4);
    for (int i = 0; i < length / 4; i++) {
      assertThat(ints[2 + i]).isEqualTo(bytes.getInt(4 * i));
    }
    long[] longs = new long[length / 8 + 3];
    view.read(offset, longs, 2, length / 8);
    for (int i = 0; i < length / 8; i++) {
      assertThat(longs[2 + i]).isEqualTo(bytes.getLong(8 * i));
    }
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      view.writeTo(Channels.newChannel(out), offset, length);
      assertThat(out.toByteArray()).isEqualTo(expected);
    }
    CRC32C ours = new CRC32C();
    view.update(ours, offset, length);
    CRC32C theirs = new CRC32C();
    theirs.update(expected);
    assertThat(ours.getValue()).isEqualTo(theirs.getValue());
  }

  @Test
  void copiesBetweenViewsThatAreCutDifferently() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try (Arena arena = Arena.ofConfined()) {
        FrameView src = new FrameView(segments(arena, random), new TransferMeter());
        TransferMeter counted = new TransferMeter();
        FrameView dst = new FrameView(segments(arena, random), counted);
        byte[] from = new byte[(int) src.size()];
        random.nextBytes(from);
        src.write(0, from, 0, from.length);
        byte[] to = new byte[(int) dst.size()];
        int length = random.nextInt(Math.min(from.length, to.length) + 1);
        int at = random.nextInt(from.length - length + 1);
        int toAt = random.nextInt(to.length - length + 1);
        Transfer kind =
            switch (seed % 3) {
              case 0 -> {
                FrameView.copy(src, at, dst, toAt, length);
                yield Transfer.COPIED;
              }
              case 1 -> {
                FrameView.move(src, at, dst, toAt, length);
                yield Transfer.MOVED;
              }
              default -> {
                FrameView.sync(src, at, dst, toAt, length);
                yield Transfer.SYNCED;
              }
            };
        System.arraycopy(from, at, to, toAt, length);
        byte[] got = new byte[to.length];
        dst.read(0, got, 0, got.length);
        assertThat(got).isEqualTo(to);
        assertThat(counted.get(kind)).isEqualTo(length);
        assertThat(counted.get(Transfer.WRITTEN)).isZero();
      }
    }
  }

  @Test
  void countsEveryByteOnceByItsReason() {
    FrameView view = view(10, 10, 5);
    view.write(1, new byte[20], 0, 20);
    view.fill(0, 3, (byte) 1);
    assertThat(view.readFrom(channel(7), 5, 9)).isEqualTo(7);
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(30);
    view.read(0, new byte[4], 0, 4);
    view.update(new CRC32C(), 0, 25);
    FrameView verified = view.as(Transfer.VERIFIED);
    verified.update(new CRC32C(), 0, 25);
    verified.writeTo(Channels.newChannel(new ByteArrayOutputStream()), 0, 11);
    view.converting().write(0, new byte[2], 0, 2);
    view.converting().as(Transfer.VERIFIED).fill(0, 1, (byte) 2);
    view.write(3, new int[2], 0, 2);
    view.read(3, new int[2], 1, 1);
    view.write(3, new long[2], 0, 2);
    verified.read(3, new long[2], 0, 2);
    assertThat(meter.snapshot())
        .containsEntry(Transfer.WRITTEN, 57L)
        .containsEntry(Transfer.CONVERTED, 3L)
        .containsEntry(Transfer.READ, 33L)
        .containsEntry(Transfer.VERIFIED, 52L)
        .containsEntry(Transfer.COPIED, 0L)
        .containsEntry(Transfer.MOVED, 0L)
        .containsEntry(Transfer.SYNCED, 0L);
  }

  @Test
  void refusesWhatLiesBeyondWithoutOverflow() {
    FrameView view = view(10, 10, 5);
    byte[] array = new byte[100];
    fails(Errno.EINVAL, () -> view.write(20, array, 0, 6));
    fails(Errno.EINVAL, () -> view.write(-1, array, 0, 1));
    fails(Errno.EINVAL, () -> view.write(0, array, 96, 5));
    fails(Errno.EINVAL, () -> view.write(0, array, -1, 5));
    fails(Errno.EINVAL, () -> view.read(0, array, Integer.MAX_VALUE, 5));
    fails(Errno.EINVAL, () -> view.read(Long.MAX_VALUE, array, 0, 1));
    int[] ints = new int[6];
    long[] longs = new long[3];
    fails(Errno.EINVAL, () -> view.write(2, ints, 0, 6));
    fails(Errno.EINVAL, () -> view.write(0, ints, 1, 6));
    fails(Errno.EINVAL, () -> view.write(0, ints, 0, -1));
    fails(Errno.EINVAL, () -> view.read(2, ints, 0, 6));
    fails(Errno.EINVAL, () -> view.read(0, ints, -1, 2));
    fails(Errno.EINVAL, () -> view.write(2, longs, 0, 3));
    fails(Errno.EINVAL, () -> view.write(0, longs, 1, 3));
    fails(Errno.EINVAL, () -> view.read(2, longs, 0, 3));
    fails(Errno.EINVAL, () -> view.read(0, longs, 2, 2));
    fails(Errno.EINVAL, () -> view.fill(1, Long.MAX_VALUE, (byte) 0));
    fails(Errno.EINVAL, () -> view.update(new CRC32C(), 26, 0));
    fails(Errno.EINVAL, () -> view.readFrom(channel(5), 0, 26));
    fails(Errno.EINVAL, () -> FrameView.copy(view, 0, view(3), 0, 4));
    fails(Errno.EINVAL, () -> FrameView.copy(view, 25, view(3), 0, 1));
    fails(Errno.EINVAL, () -> FrameView.copy(view, 0, view(3), 3, 1));
    OutputStream sink = OutputStream.nullOutputStream();
    fails(Errno.EINVAL, () -> view.writeTo(Channels.newChannel(sink), 25, 1));
    assertThat(view.size()).isEqualTo(25);
    assertThat(view.isReadOnly()).isFalse();
    fails(Errno.EINVAL, () -> view.as(Transfer.COPIED));
    assertThat(meter.get(Transfer.WRITTEN)).isZero();
    assertThat(meter.get(Transfer.READ)).isZero();
    assertThatThrownBy(() -> view.write(20, array, 0, 6))
        .hasMessage("EINVAL: Cannot write 6 bytes at offset 20 of a view of 25 bytes");
  }

  @Test
  void lendsWhatLiesInOneSegmentAndCountsIt() {
    FrameView view = view(10, 10, 5);
    view.write(12, new byte[] {7, 8, 9}, 0, 3);
    assertThat(view.contiguous(0)).isEqualTo(10);
    assertThat(view.contiguous(12)).isEqualTo(8);
    assertThat(view.contiguous(24)).isEqualTo(1);
    MemorySegment lent = view.lend(12, 8, 3);
    assertThat(lent.get(ValueLayout.JAVA_BYTE, view.placeInSegment(13))).isEqualTo((byte) 8);
    assertThat(meter.get(Transfer.READ)).isEqualTo(3);
    MemorySegment written = view.converting().lendWritable(20, 5, 4);
    written.set(ValueLayout.JAVA_BYTE, view.placeInSegment(24), (byte) 3);
    byte[] last = new byte[1];
    view.read(24, last, 0, 1);
    assertThat(last).containsExactly(3);
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(7);
    assertThat(meter.get(Transfer.CONVERTED)).isEqualTo(4);
    long read = meter.get(Transfer.READ);
    fails(Errno.EINVAL, () -> view.lend(9, 2, 1));
    fails(Errno.EINVAL, () -> view.lend(24, 2, 1));
    fails(Errno.EINVAL, () -> view.lend(25, 0, 0));
    fails(Errno.EINVAL, () -> view.lend(1, -1, 0));
    fails(Errno.EINVAL, () -> view.lend(1, 3, 4));
    fails(Errno.EINVAL, () -> view.lend(1, 3, -1));
    fails(Errno.EINVAL, () -> view.lendWritable(19, 2, 1));
    fails(Errno.EINVAL, () -> view.lendWritable(1, 3, 4));
    fails(Errno.EINVAL, () -> view.placeInSegment(25));
    fails(Errno.EINVAL, () -> view.contiguous(-1));
    fails(Errno.EINVAL, () -> view.contiguous(25));
    assertThat(meter.get(Transfer.READ)).isEqualTo(read);
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(7);
    FrameView readOnly =
        new FrameView(List.of(MemorySegment.ofArray(new byte[8]).asReadOnly()), meter);
    fails(Errno.EACCES, () -> readOnly.lendWritable(0, 1, 1));
  }

  @Test
  void refusesToBeEmptyOrToHaveEmptyParts() {
    fails(Errno.EINVAL, () -> new FrameView(List.of(), meter));
    fails(Errno.EINVAL, () -> view(3, 0, 2));
  }

  @Test
  void memoryMappedForReadingCannotBeWritten() {
    MemorySegment writable = MemorySegment.ofArray(new byte[8]);
    FrameView view =
        new FrameView(List.of(writable, MemorySegment.ofArray(new byte[8]).asReadOnly()), meter);
    assertThat(view.isReadOnly()).isTrue();
    fails(Errno.EACCES, () -> view.write(0, new byte[1], 0, 1));
    fails(Errno.EACCES, () -> view.write(0, new int[1], 0, 1));
    fails(Errno.EACCES, () -> view.write(0, new long[1], 0, 1));
    fails(Errno.EACCES, () -> view.fill(0, 1, (byte) 1));
    fails(Errno.EACCES, () -> view.readFrom(channel(1), 0, 1));
    fails(Errno.EACCES, () -> FrameView.copy(view(4), 0, view, 0, 4));
    view.update(new CRC32C(), 0, 16);
    view.read(4, new byte[8], 0, 8);
    assertThat(meter.get(Transfer.READ)).isEqualTo(24);
  }

  @Test
  void aChannelThatFailsIsEioAndWhatCameIsCounted() {
    FrameView view = view(4, 4);
    ReadableByteChannel broken =
        new FakeChannel() {
          private int calls;

          @Override
          public int read(ByteBuffer dst) throws IOException {
            if (calls++ == 0) {
              dst.put((byte) 1).put((byte) 2);
              return 2;
            }
            throw new IOException("cable pulled");
          }
        };
    assertThatThrownBy(() -> view.readFrom(broken, 0, 8))
        .isInstanceOf(DmaBufException.class)
        .hasMessageStartingWith("EIO")
        .hasMessageContaining("cable pulled");
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(2);
  }

  @Test
  void aChannelThatDoesNotBlockIsEagain() {
    ReadableByteChannel idle =
        new FakeChannel() {
          @Override
          public int read(ByteBuffer dst) {
            return 0;
          }
        };
    fails(Errno.EAGAIN, () -> view(4).readFrom(idle, 0, 1));
  }

  private static void fails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }

  private FrameView view(int... lengths) {
    return new FrameView(
        Arrays.stream(lengths).mapToObj(l -> MemorySegment.ofArray(new byte[l])).toList(), meter);
  }

  private static ReadableByteChannel channel(int length) {
    return Channels.newChannel(new ByteArrayInputStream(new byte[length]));
  }

  private static ReadableByteChannel trickle(byte[] data, int length, SplittableRandom random) {
    return new FakeChannel() {
      private int at;

      @Override
      public int read(ByteBuffer dst) {
        if (at == length) {
          return -1;
        }
        int part = Math.min(dst.remaining(), 1 + random.nextInt(length - at));
        dst.put(data, at, part);
        at += part;
        return part;
      }
    };
  }

  private abstract static class FakeChannel implements ReadableByteChannel {
    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** One segment, pages of one length, or anything; native and on the heap. */
  private static List<MemorySegment> segments(Arena arena, SplittableRandom random) {
    int count = 1 + random.nextInt(9);
    int same = random.nextBoolean() ? 1 + random.nextInt(64) : 0;
    List<MemorySegment> segments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = same > 0 && i < count - 1 ? same : 1 + random.nextInt(same > 0 ? same : 99);
      segments.add(
          random.nextBoolean() ? arena.allocate(length) : MemorySegment.ofArray(new byte[length]));
    }
    return segments;
  }
}
