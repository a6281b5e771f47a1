package org.dmabuf.sg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pages become tables and tables pages. */
class SgPagesTest {
  private static final long PAGE = 4096;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(8 * PAGE, PAGE);

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  @Row("G5")
  void shouldMergeAdjacentPagesUpToTheLongestRun() {
    List<MemorySegment> pages = pages(0, 1, 2, 5, 6, 4);
    SgTable table = SgPages.toTable(pages, PAGE, 2 * PAGE, () -> {});
    assertThat(table.ranges()).containsExactly(range(0, 2), range(2, 1), range(5, 2), range(4, 1));
    assertThat(table.segments()).containsExactlyElementsOf(pages);
    assertThat(SgPages.toTable(pages, PAGE, Long.MAX_VALUE / PAGE * PAGE, () -> {}).ranges())
        .containsExactly(range(0, 3), range(5, 2), range(4, 1));
    assertThat(SgPages.toTable(pages, PAGE, PAGE, () -> {}).ranges()).hasSize(6);
  }

  @Test
  @Row("G5")
  void shouldTellWhatOneAddressReaches() {
    assertThat(SgPages.toTable(pages(3, 4, 5, 7), PAGE, PAGE, () -> {}).contiguousSize())
        .isEqualTo(3 * PAGE);
    assertThat(SgPages.toTable(pages(3, 2), PAGE, PAGE, () -> {}).contiguousSize()).isEqualTo(PAGE);
  }

  @Test
  @Row("G5")
  void shouldRefuseRunsAndPagesThatAreNone() {
    for (long bad : new long[] {0, -PAGE, PAGE - 1, PAGE + 1}) {
      assertErrno(Errno.EINVAL, () -> SgPages.toTable(pages(0), PAGE, bad, () -> {}));
    }
    assertErrno(Errno.EINVAL, () -> SgPages.toTable(pages(0), 0, PAGE, () -> {}));
    assertErrno(Errno.EINVAL, () -> SgPages.toTable(List.of(), PAGE, PAGE, () -> {}));
    assertErrno(Errno.EINVAL, () -> SgPages.toTable(pages(0, 1), 2 * PAGE, 2 * PAGE, () -> {}));
  }

  @Test
  @Row("G5")
  void shouldRefuseMoreRunsThanFit() {
    List<MemorySegment> pages = new ArrayList<>();
    for (int i = 0; i <= SgPages.MOST_RUNS; i++) {
      pages.add(memory.asSlice(0, PAGE));
    }
    assertErrno(Errno.ENOMEM, () -> SgPages.toTable(pages, PAGE, PAGE, () -> {}));
    pages.removeLast();
    assertThat(SgPages.toTable(pages, PAGE, PAGE, () -> {}).ranges()).hasSize(SgPages.MOST_RUNS);
  }

  @Test
  @Row("G5")
  void shouldGivePagesAndAddressesBackIfTheArrayIsLongEnough() {
    AtomicInteger frees = new AtomicInteger();
    SgTable table =
        SgTable.of(
            List.of(
                new SgTable.Entry(0x1000, memory.asSlice(0, 2 * PAGE)),
                new SgTable.Entry(0x9000, memory.asSlice(4 * PAGE, PAGE + 1))),
            frees::incrementAndGet);
    MemorySegment[] into = new MemorySegment[5];
    assertThat(SgPages.toPages(table, PAGE, into)).isEqualTo(4);
    assertThat(into[1]).isEqualTo(memory.asSlice(PAGE, PAGE));
    assertThat(into[3].byteSize()).isEqualTo(1);
    assertThat(into[4]).isNull();
    MemorySegment[] small = new MemorySegment[3];
    assertErrno(Errno.EOVERFLOW, () -> SgPages.toPages(table, PAGE, small));
    assertThat(small).containsOnlyNulls();
    assertErrno(Errno.EINVAL, () -> SgPages.toPages(table, 0, into));
    long[] addresses = new long[4];
    assertThat(table.toAddresses(PAGE, addresses)).isEqualTo(4);
    assertThat(addresses).containsExactly(0x1000, 0x2000, 0x9000, 0xa000);
    assertErrno(Errno.EOVERFLOW, () -> table.toAddresses(PAGE, new long[3]));
  }

  private List<MemorySegment> pages(int... numbers) {
    List<MemorySegment> pages = new ArrayList<>();
    for (int number : numbers) {
      pages.add(memory.asSlice(number * PAGE, PAGE));
    }
    return pages;
  }

  private DmaRange range(int first, int pages) {
    return new DmaRange(memory.address() + first * PAGE, pages * PAGE);
  }
}
