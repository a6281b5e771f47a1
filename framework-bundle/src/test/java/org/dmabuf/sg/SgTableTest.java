package org.dmabuf.sg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;

class SgTableTest {
  private static SgTable.Entry entry(int bytes) {
    return new SgTable.Entry(0x1000, MemorySegment.ofArray(new byte[bytes]));
  }

  @Test
  @Row("G5")
  void sizeIsThatOfAllRuns() {
    SgTable table = SgTable.of(List.of(entry(3), entry(5)), () -> {});
    assertThat(table.size()).isEqualTo(8);
    assertThat(table.segments()).hasSize(2);
    assertErrno(Errno.EINVAL, () -> SgTable.of(List.of(), () -> {}));
    assertErrno(Errno.EINVAL, () -> entry(0));
  }

  @Test
  void freeRunsOnceWhicheverViewIsFreed() {
    AtomicInteger frees = new AtomicInteger();
    SgTable table = SgTable.of(List.of(entry(1)), frees::incrementAndGet);
    SgTable view = table.asReadOnly();
    view.free();
    table.free();
    view.free();
    assertThat(frees).hasValue(1);
  }

  /** A freed table that a device still had kept the classes of the driver that made it. */
  @Test
  void freedTableHoldsNothingOfItsMaker() {
    Runnable onFree =
        new Runnable() {
          @Override
          public void run() {
            assertThat(this).isNotNull();
          }
        };
    WeakReference<Object> gone = new WeakReference<>(onFree);
    SgTable table = SgTable.of(List.of(entry(1)), onFree);
    onFree = null;
    table.free();
    Threads.awaitCollected(gone);
    assertThat(table.size()).isEqualTo(1);
  }
}
