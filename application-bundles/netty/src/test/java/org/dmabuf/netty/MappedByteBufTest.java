package org.dmabuf.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.MmapFlags;
import org.junit.jupiter.api.Test;

/** Netty's buffer over a mapping's memory. */
class MappedByteBufTest {
  private static final int SIZE = 4096;
  private static final int BOTH = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  private final AtomicInteger unmapped = new AtomicInteger();

  private CpuMapping mapping(int protection) {
    Arena arena = Arena.ofShared();
    MemorySegment memory = arena.allocate(SIZE, SIZE);
    return CpuMapping.of(
        "a test's buffer", arena, memory, SIZE, protection, unmapped::incrementAndGet);
  }

  @Test
  void bytesAreThoseOfTheMapping() {
    CpuMapping mapping = mapping(BOTH);
    ByteBuf buffer = MappedByteBuf.of(mapping);
    assertThat(buffer.readableBytes()).isEqualTo(SIZE);
    assertThat(buffer.capacity()).isEqualTo(buffer.maxCapacity()).isEqualTo(SIZE);
    buffer.setIntLE(8, 0x12345678);
    assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 8)).isEqualTo((byte) 0x78);
    mapping.segment().set(ValueLayout.JAVA_BYTE, 100, (byte) 9);
    assertThat(buffer.getByte(100)).isEqualTo((byte) 9);
    ByteBuffer view = buffer.nioBuffer(100, 1);
    view.put(0, (byte) 10);
    assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 100)).isEqualTo((byte) 10);
    assertThat(buffer.hasMemoryAddress()).as("it would outlive the mapping").isFalse();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(buffer::memoryAddress);
    buffer.release();
  }

  @Test
  void lastReleaseUnmapsAndSlicesCount() {
    CpuMapping mapping = mapping(BOTH);
    ByteBuf buffer = MappedByteBuf.of(mapping);
    ByteBuf slice = buffer.retainedSlice(0, 16);
    assertThat(buffer.release()).isFalse();
    slice.setByte(0, 3);
    assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 3);
    assertThat(unmapped).hasValue(0);
    assertThat(slice.release()).isTrue();
    assertThat(unmapped).hasValue(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> mapping.segment().get(ValueLayout.JAVA_BYTE, 0));
    assertThatExceptionOfType(IllegalReferenceCountException.class)
        .isThrownBy(() -> buffer.getByte(0));
    assertThatExceptionOfType(IllegalReferenceCountException.class).isThrownBy(buffer::release);
  }

  @Test
  void accessAfterTheUnmapThrowsAlsoWhenNettyStillCounts() {
    CpuMapping mapping = mapping(BOTH);
    ByteBuf buffer = MappedByteBuf.of(mapping);
    ByteBuffer view = buffer.nioBuffer();
    mapping.close();
    assertThatIllegalStateException().isThrownBy(() -> buffer.getByte(0));
    assertThatIllegalStateException().isThrownBy(() -> buffer.setLong(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> buffer.getBytes(0, new byte[16]));
    assertThatIllegalStateException().isThrownBy(() -> view.get(0));
    assertThat(buffer.release()).isTrue();
    assertThat(unmapped).hasValue(1);
  }

  @Test
  void mappingThatOnlyReadsOrIsClosedIsRefused() {
    CpuMapping reading = mapping(MmapFlags.PROT_READ);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> MappedByteBuf.of(reading))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EACCES));
    reading.segment().get(ValueLayout.JAVA_BYTE, 0);
    reading.close();
    CpuMapping closed = mapping(BOTH);
    closed.close();
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> MappedByteBuf.of(closed))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EBADF));
  }
}
