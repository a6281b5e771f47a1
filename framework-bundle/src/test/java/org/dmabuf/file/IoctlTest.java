package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;

class IoctlTest {

  @Test
  void numbersArePackedAsLinuxPacksThem() {
    assertThat(Ioctl.none('Z', 1)).isEqualTo(0x5a01);
    assertThat(Ioctl.write('b', 0, 8)).isEqualTo(0x40086200);
    assertThat(Ioctl.read('b', 255, 4)).isEqualTo(0x800462ff);
    int heapAlloc = Ioctl.readWrite('H', 0, 24);
    assertThat(heapAlloc).isEqualTo(0xc0184800);
    assertThat(Ioctl.type(heapAlloc)).isEqualTo('H');
    assertThat(Ioctl.number(0x800462ff)).isEqualTo(255);
    assertThat(Ioctl.bytes(heapAlloc)).isEqualTo(24);
    assertThat(Ioctl.bytes(-1)).isEqualTo(Ioctl.MOST_BYTES);
    assertThat(Ioctl.takes(heapAlloc) && Ioctl.fills(heapAlloc)).isTrue();
    assertThat(Ioctl.takes(0x40086200)).isTrue();
    assertThat(Ioctl.fills(0x40086200)).isFalse();
    assertThat(Ioctl.takes(0x800462ff)).isFalse();
    assertThat(Ioctl.fills(0x800462ff)).isTrue();
    assertThat(Ioctl.takes(0x5a01) || Ioctl.fills(0x5a01)).isFalse();
  }

  @Test
  void numbersThatCannotBePackedAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Ioctl.none('b', 256));
    assertThatIllegalArgumentException().isThrownBy(() -> Ioctl.none('b', -1));
    assertThatIllegalArgumentException().isThrownBy(() -> Ioctl.none('\u0100', 1));
    assertThatIllegalArgumentException().isThrownBy(() -> Ioctl.write('b', 1, 1 << 14));
    assertThatIllegalArgumentException().isThrownBy(() -> Ioctl.write('b', 1, -1));
    assertThat(Ioctl.bytes(Ioctl.write('\u00ff', 255, Ioctl.MOST_BYTES))).isEqualTo(16_383);
  }

  @Test
  @Row("N10")
  void olderStructureReadsAsZeroBeyondItsEndAndIsNotWrittenThere() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(24).fill((byte) 0x11);
      IoctlStruct older = IoctlStruct.of(Ioctl.readWrite('H', 0, 12), memory);
      assertThat(older.getLong(0)).isEqualTo(0x1111111111111111L);
      assertThat(older.getInt(8)).isEqualTo(0x11111111);
      assertThat(older.getInt(12)).isZero();
      assertThat(older.getLong(8)).as("a field that the end cuts").isZero();
      older.setInt(12, 5);
      older.setLong(16, 5);
      older.setInt(8, 7);
      older.setLong(0, 9);
      assertThat(memory.get(ValueLayout.JAVA_INT, 12)).isEqualTo(0x11111111);
      assertThat(memory.get(ValueLayout.JAVA_LONG, 16)).isEqualTo(0x1111111111111111L);
      assertThat(memory.get(ValueLayout.JAVA_INT, 8)).isEqualTo(7);
      assertThat(memory.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(9);
    }
  }

  @Test
  @Row("N10")
  void newerStructureMayHoldAnythingBehindWhatIsKnown() {
    MemorySegment memory = MemorySegment.ofArray(new long[] {1, 2, 3, -1});
    IoctlStruct newer = IoctlStruct.of(Ioctl.readWrite('H', 0, 32), memory);
    assertThat(newer.getLong(0)).isEqualTo(1);
    newer.setLong(16, 4);
    assertThat(memory.get(ValueLayout.JAVA_LONG, 24)).isEqualTo(-1);
  }

  @Test
  @Row({"F5", "F6"})
  void memoryThatIsNotThereIsEfault() {
    int request = Ioctl.readWrite('b', 2, 8);
    assertErrno(Errno.EFAULT, () -> IoctlStruct.of(request, MemorySegment.NULL));
    assertErrno(Errno.EFAULT, () -> IoctlStruct.of(request, MemorySegment.ofArray(new byte[7])));
    MemorySegment readOnly = MemorySegment.ofArray(new byte[8]).asReadOnly();
    IoctlStruct unwritable = IoctlStruct.of(request, readOnly);
    assertThat(unwritable.getInt(4)).isZero();
    assertErrno(Errno.EFAULT, () -> unwritable.setInt(0, 1));
    assertErrno(Errno.EFAULT, () -> unwritable.setLong(0, 1));
    IoctlStruct freed;
    try (Arena arena = Arena.ofConfined()) {
      freed = IoctlStruct.of(request, arena.allocate(8));
    }
    assertErrno(Errno.EFAULT, () -> freed.getLong(0));
    assertErrno(Errno.EFAULT, () -> freed.getInt(0));
  }

  @Test
  @Row("F6")
  void textEndsWithAZeroWithinItsMostBytes() {
    assertThat(IoctlStruct.text(bytes("abc\0def"), 3)).contains("abc");
    assertThat(IoctlStruct.text(bytes("\0"), 3)).contains("");
    assertThat(IoctlStruct.text(bytes("abcd\0"), 3)).isEmpty();
    assertThat(IoctlStruct.text(bytes("abcd"), 3)).isEmpty();
    assertErrno(Errno.EFAULT, () -> IoctlStruct.text(bytes("abc"), 3));
    assertErrno(Errno.EFAULT, () -> IoctlStruct.text(MemorySegment.NULL, 3));
  }

  private static MemorySegment bytes(String text) {
    return MemorySegment.ofArray(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
