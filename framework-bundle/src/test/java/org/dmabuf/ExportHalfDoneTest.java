package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import org.dmabuf.debug.LeakOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An export that ends in the middle leaves nothing, and the driver's release is not called. */
@Row("C5")
class ExportHalfDoneTest {
  private final ManualClock time = new ManualClock();
  private int calls; // of the clock, until something happens
  private Runnable event;
  private DmaBufCore core;
  private DmaBufRegistry registry;
  private RecordingExporter exporter;

  /** The clock is asked in the middle of an export, once for the buffer and once for the note. */
  private final DmaClock clock =
      new DmaClock() {
        @Override
        public long nanos() {
          if (--calls == 0) {
            event.run();
          }
          return time.nanos();
        }

        @Override
        public Timer schedule(long atNanos, Runnable task) {
          return time.schedule(atNanos, task);
        }
      };

  @BeforeEach
  void open() {
    core =
        DmaBufCore.create(
            DmaBufOptions.defaults()
                .withClock(clock)
                .withMemory(MemoryLimits.ofPool(Framework.POOL_BYTES))
                .withLeaks(LeakOptions.ALL));
    registry = core.open("client");
    exporter = RecordingExporter.of(registry, false);
  }

  @AfterEach
  void close() {
    exporter.store.close();
    core.close();
    assertThat(core.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  private void happens(int atCall, Runnable what) {
    calls = atCall;
    event = what;
  }

  @Test
  void bundleThatLeavesMeanwhileExportsNothing() {
    happens(1, () -> core.leave(registry));
    assertErrno(Errno.ENOENT, () -> exporter.export(registry));
    assertThat(core.holdings().buffers()).isZero();
    assertThat(exporter.taken()).isEmpty();
  }

  @Test
  void lackOfMemoryLeavesNothing() {
    happens(
        2,
        () -> {
          throw new OutOfMemoryError("planted");
        });
    assertThatThrownBy(() -> exporter.export(registry)).isInstanceOf(OutOfMemoryError.class);
    assertThat(core.holdings().buffers()).isZero();
    assertThat(exporter.taken()).isEmpty();
  }
}
