package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Runs of a slab of sixteen pages: where they begin, how long they are, and what is idle. */
@EnabledOnOs(OS.LINUX)
class SlabTest {
  private static final int PAGE = 4096;

  private final NativeMemory os = new NativeMemory();
  private final Slab slab =
      new Slab(os.memoryFile("slab", 16L * PAGE), MemorySegment.ofArray(new byte[16 * PAGE]), PAGE);

  private void assertRun(PageRun run, int first, int pages) {
    assertThat(run.firstPage()).isEqualTo(first);
    assertThat(run.pages()).isEqualTo(pages);
    assertThat(run.offset()).isEqualTo((long) first * PAGE);
    assertThat(run.bytes()).isEqualTo((long) pages * PAGE);
    assertThat(run.segment().byteSize()).isEqualTo((long) pages * PAGE);
  }

  @Test
  void runBeginsOnAMultipleAndEndsBeforeWhatIsTaken() {
    PageRun first = slab.take(1, 3);
    assertRun(first, 0, 3);
    PageRun aligned = slab.take(4, 4);
    assertRun(aligned, 4, 4);
    assertRun(slab.take(1, 5), 3, 1);
    assertRun(slab.take(8, 8), 8, 8);
    assertThat(slab.free()).isZero();
    assertThat(slab.take(1, 1)).isNull();
    slab.give(aligned);
    assertThat(slab.take(8, 8)).as("no aligned run is so long").isNull();
    assertRun(slab.take(2, 2), 4, 2);
    assertRun(slab.take(1, 9), 6, 2);
    slab.give(first);
    assertThat(slab.take(4, 4)).as("three of four are free").isNull();
    assertRun(slab.take(2, 2), 0, 2);
    assertThat(slab.free()).isEqualTo(1);
  }

  @Test
  void pagesAreIdleFromTheirReturnUntilTheyAreTakenOrPunched() {
    PageRun run = slab.take(1, 6);
    assertThat(slab.idle()).isZero();
    assertThat(slab.punch(os, 16)).as("they are taken").isZero();
    slab.give(run);
    assertThat(slab.idle()).isEqualTo(6);
    PageRun again = slab.take(2, 2);
    assertThat(slab.idle()).isEqualTo(4);
    assertThat(slab.punch(os, 3)).isEqualTo(3);
    assertThat(slab.idle()).isEqualTo(1);
    assertRun(slab.take(1, 14), 2, 14);
    assertThat(slab.idle()).isZero();
    slab.give(again);
    assertThat(slab.punch(os, 16)).isEqualTo(2);
    assertThat(slab.punch(os, 16)).isZero();
    assertThat(slab.free()).isEqualTo(2);
  }

  @Test
  void runBehindAHoleThatIsTooShortIsFound() {
    PageRun first = slab.take(1, 1);
    slab.take(1, 1);
    slab.give(first);
    assertRun(slab.take(2, 2), 2, 2);
    assertRun(slab.take(1, 5), 0, 1);
  }

  @Test
  void punchOfSeveralRunsEndsAtItsMost() {
    PageRun alone = slab.take(1, 1);
    slab.take(1, 2);
    PageRun many = slab.take(1, 13);
    slab.give(alone);
    slab.give(many);
    assertThat(slab.punch(os, 4)).isEqualTo(4);
    assertThat(slab.idle()).isEqualTo(10);
    assertThat(slab.punch(os, 16)).isEqualTo(10);
  }

  @Test
  void punchPassesOverTakenPages() {
    PageRun[] runs = new PageRun[16];
    for (int i = 0; i < 16; i++) {
      runs[i] = slab.take(1, 1);
    }
    for (int i = 0; i < 16; i += 3) {
      slab.give(runs[i]);
    }
    assertThat(slab.idle()).isEqualTo(6);
    assertThat(slab.punch(os, 4)).isEqualTo(4);
    assertThat(slab.punch(os, 4)).isEqualTo(2);
    assertThat(slab.idle()).isZero();
    assertThat(slab.free()).isEqualTo(6);
  }
}
