package org.dmabuf.sg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SgHelpersTest {
  private static final long MAX = Long.MAX_VALUE;

  private static SgTable ranges(long... addressAndLength) {
    List<DmaRange> all = new java.util.ArrayList<>();
    for (int i = 0; i < addressAndLength.length; i += 2) {
      all.add(new DmaRange(addressAndLength[i], addressAndLength[i + 1]));
    }
    return SgTable.ofRanges(all, () -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, EINVAL",
    "0, -1, EINVAL",
    "-1, 1, EOVERFLOW",
    "2, 9223372036854775807, EOVERFLOW",
    "9223372036854775807, 2, EOVERFLOW",
    "-9223372036854775808, 9223372036854775807, EOVERFLOW"
  })
  @Row("N9")
  void runThatIsNoneIsRefused(long address, long length, Errno errno) {
    assertErrno(errno, () -> new DmaRange(address, length));
  }

  @Test
  @Row("N9")
  void runsAtTheLastAddressesHaveAnEnd() {
    DmaRange whole = new DmaRange(1, MAX);
    assertThat(whole.last()).isEqualTo(MAX);
    assertThat(whole.isFollowedBy(new DmaRange(0, 1))).as("nothing follows the last").isFalse();
    assertThat(new DmaRange(MAX, 1).last()).isEqualTo(MAX);
    assertThat(new DmaRange(0, 5).isFollowedBy(new DmaRange(5, 1))).isTrue();
    assertThat(new DmaRange(0, 5).isFollowedBy(new DmaRange(6, 1))).isFalse();
  }

  @Test
  @Row("N9")
  void tableOfAddressesHasNoMemory() {
    AtomicInteger freed = new AtomicInteger();
    SgTable table = SgTable.ofRanges(List.of(new DmaRange(0x1000, 8192)), freed::incrementAndGet);
    assertThat(table.hasMemory()).isFalse();
    assertThat(table.entries()).isEmpty();
    assertThat(table.segments()).isEmpty();
    assertThat(table.size()).isEqualTo(8192);
    table.view().free();
    assertThat(freed).as("a view frees nothing").hasValue(0);
    table.free();
    table.free();
    assertThat(freed).hasValue(1);
    assertErrno(Errno.EINVAL, () -> SgTable.ofRanges(List.of(), () -> {}));
    assertErrno(Errno.EOVERFLOW, () -> ranges(0, MAX, 0, 1));
    assertThatThrownBy(() -> SgTable.ofRanges(table.ranges(), null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  @Row("N9")
  void memoryAndItsAddressesAreOfOneSize() {
    MemorySegment page = MemorySegment.ofArray(new byte[4096]);
    List<SgTable.Entry> entries = List.of(new SgTable.Entry(0, page));
    assertErrno(Errno.EINVAL, () -> SgTable.of(entries, List.of(new DmaRange(0, 4095)), () -> {}));
    SgTable table =
        SgTable.of(entries, List.of(new DmaRange(0, 96), new DmaRange(96, 4000)), () -> {});
    assertThat(table.ranges()).hasSize(2);
    assertThat(table.asReadOnly().ranges()).isEqualTo(table.ranges());
    assertThat(table.withoutMemory().ranges()).isEqualTo(table.ranges());
    assertThat(table.withoutMemory().hasMemory()).isFalse();
    assertErrno(Errno.EOVERFLOW, () -> new SgTable.Entry(-1, page));
    assertErrno(Errno.EOVERFLOW, () -> new SgTable.Entry(MAX - 4094, page));
    assertThat(new SgTable.Entry(MAX - 4095, page).length()).isEqualTo(4096);
  }

  @Test
  @Row("A2")
  void contiguousSizeIsThatOfTheFirstAdjacentRuns() {
    assertThat(ranges(0x1000, 0x1000).contiguousSize()).isEqualTo(0x1000);
    assertThat(ranges(0x1000, 0x1000, 0x2000, 0x500, 0x2500, 1).contiguousSize()).isEqualTo(0x1501);
    assertThat(ranges(0x1000, 0x1000, 0x3000, 0x1000, 0x4000, 0x1000).contiguousSize())
        .isEqualTo(0x1000);
    assertThat(ranges(1, MAX - 1, 0, 1).contiguousSize()).isEqualTo(MAX - 1);
  }

  @Test
  @Row("N9")
  void addressesOfPagesAreWrittenInOrder() {
    SgTable table = ranges(0x1000, 0x2000, 0x9000, 0x800);
    long[] into = new long[4];
    assertThat(table.toAddresses(0x1000, into)).isEqualTo(3);
    assertThat(into).containsExactly(0x1000, 0x2000, 0x9000, 0);
    long[] exact = new long[3];
    assertThat(table.toAddresses(0x1000, exact)).isEqualTo(3);
    long[] untouched = new long[2];
    assertErrno(Errno.EOVERFLOW, () -> table.toAddresses(0x1000, untouched));
    assertThat(untouched).containsOnly(0);
    assertErrno(Errno.EINVAL, () -> table.toAddresses(0, into));
    assertErrno(Errno.EOVERFLOW, () -> ranges(0, MAX).toAddresses(1, into));
    assertThat(ranges(0, MAX).toAddresses(MAX, into)).isEqualTo(1);
    long[] two = new long[2];
    assertThat(ranges(1, MAX).toAddresses(MAX - 1, two)).isEqualTo(2);
    assertThat(two).containsExactly(1, MAX);
  }
}
