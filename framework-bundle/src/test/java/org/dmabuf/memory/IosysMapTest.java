package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;

@Row("U7")
class IosysMapTest {
  private final TransferMeter meter = new TransferMeter();
  private final byte[] bytes = new byte[8];
  private final IosysMap map = new IosysMap();

  @Test
  void pointerIsNullUntilItIsSet() {
    assertThat(map.isNull()).isTrue();
    assertThat(map.isSet()).isFalse();
    assertThat(map.kind()).isEqualTo(IosysMap.Kind.NULL);
    map.setSystem(MemorySegment.ofArray(bytes));
    assertThat(map.isSet()).isTrue();
    assertThat(map.isIo()).isFalse();
    map.setIo(MemorySegment.ofArray(bytes));
    assertThat(map.isIo()).isTrue();
    assertThat(map.toString()).contains("IO").contains("8");
    map.clear();
    assertThat(map.isNull()).isTrue();
    assertThat(map.memory().byteSize()).isZero();
    assertThatThrownBy(() -> map.setSystem(null)).isInstanceOf(NullPointerException.class);
    assertThat(map.isNull()).isTrue();
  }

  @Test
  void pointersAreEqualByKindAndAddress() {
    IosysMap other = new IosysMap();
    assertThat(map).isEqualTo(other).hasSameHashCodeAs(other);
    map.setSystem(MemorySegment.ofArray(bytes));
    assertThat(map).isNotEqualTo(other);
    other.setSystem(MemorySegment.ofArray(bytes));
    assertThat(map).isEqualTo(other).hasSameHashCodeAs(other);
    other.increment(1);
    assertThat(map).isNotEqualTo(other);
    map.increment(1);
    assertThat(map).isEqualTo(other);
    other.setIo(map.memory());
    assertThat(map).isNotEqualTo(other);
    other.setSystem(MemorySegment.ofArray(new byte[8]));
    other.increment(1);
    assertThat(map).as("another array").isNotEqualTo(other).isNotEqualTo("pointer");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment outside = arena.allocate(8);
      map.setIo(outside);
      other.setIo(outside.asReadOnly());
      assertThat(map).isEqualTo(other);
    }
  }

  @Test
  void pointerMovesToItsEndAtMost() {
    assertErrno(Errno.EINVAL, () -> map.increment(0));
    map.setSystem(MemorySegment.ofArray(bytes));
    for (long wrong : new long[] {-1, 9, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertErrno(Errno.EINVAL, () -> map.increment(wrong));
    }
    map.increment(3);
    map.increment(5);
    assertThat(map.isSet()).isTrue();
    assertErrno(Errno.EINVAL, () -> map.increment(1));
    assertErrno(Errno.EINVAL, () -> map.copyTo(0, bytes, 0, 0, meter));
  }

  @Test
  void copiesAreCounted() {
    assertErrno(Errno.EINVAL, () -> map.copyTo(0, bytes, 0, 1, meter));
    assertErrno(Errno.EINVAL, () -> map.copyFrom(0, bytes, 0, 1, meter));
    map.setSystem(MemorySegment.ofArray(bytes));
    map.increment(2);
    map.copyTo(1, new byte[] {1, 2, 3}, 1, 2, meter);
    assertThat(bytes).containsExactly(0, 0, 0, 2, 3, 0, 0, 0);
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(2);
    byte[] back = new byte[2];
    map.copyFrom(1, back, 0, 2, meter);
    assertThat(back).containsExactly(2, 3);
    assertThat(meter.get(Transfer.READ)).isEqualTo(2);
    assertErrno(Errno.EINVAL, () -> map.copyTo(5, back, 0, 2, meter));
    assertErrno(Errno.EINVAL, () -> map.copyTo(-1, back, 0, 1, meter));
    assertErrno(Errno.EINVAL, () -> map.copyFrom(Long.MAX_VALUE, back, 0, 1, meter));
    assertErrno(Errno.EINVAL, () -> map.copyTo(0, back, Integer.MAX_VALUE, 1, meter));
    map.setSystem(MemorySegment.ofArray(bytes).asReadOnly());
    assertErrno(Errno.EACCES, () -> map.copyTo(0, back, 0, 1, meter));
  }
}
