package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.DriverThreads.WorkQueue;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Threads, timers and memory that a driver has from the framework end with it. */
class DriverThreadsTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry driver;

  @BeforeEach
  void open() {
    driver = framework.open("driver");
  }

  private void stop() {
    framework.core().close(driver);
  }

  @Test
  void threadIsInterruptedAndAwaited() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Thread thread =
        driver
            .threads()
            .start(
                "capture",
                () -> {
                  runs.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                  }
                });
    runs.await();
    assertThat(thread.getName()).isEqualTo("driver: capture");
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getContextClassLoader()).isNull();
    stop();
    assertThat(thread.isAlive()).isFalse();
    assertThat(LogRecorder.lines()).isEmpty();
    assertErrno(Errno.ENODEV, () -> driver.threads().start("late", () -> {}));
    assertErrno(Errno.ENODEV, () -> driver.threads().queue("late"));
    assertErrno(Errno.ENODEV, () -> driver.threads().at(0, () -> {}));
    assertErrno(Errno.ENODEV, driver::arena);
  }

  @Test
  void threadThatWaitsForAFenceOfItsBundleIsFreed() throws Exception {
    DmaFence fence = driver.fenceContext("driver", "line").create();
    CountDownLatch runs = new CountDownLatch(1);
    Thread thread =
        driver
            .threads()
            .start(
                "waiter",
                () -> {
                  runs.countDown();
                  fence.awaitUninterruptibly(Duration.ofDays(1));
                });
    runs.await();
    stop();
    assertThat(thread.isAlive()).isFalse();
    assertThat(fence.error()).contains(Errno.ECANCELED);
  }

  @Test
  void threadThatDoesNotEndIsNamedAndItsLocksAreTakenBack() throws Exception {
    try (DmaBufCore core =
        DmaBufCore.create(DmaBufOptions.defaults().withDrainBound(Duration.ofMillis(20)))) {
      DmaBufRegistry deaf = core.open("deaf");
      DmaBuf buffer = RecordingExporter.of(deaf, false).export(deaf);
      CountDownLatch locked = new CountDownLatch(1);
      CountDownLatch over = new CountDownLatch(1);
      Thread thread =
          deaf.threads()
              .start(
                  "spin",
                  () -> {
                    buffer.resv().lock();
                    locked.countDown();
                    while (over.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                  });
      locked.await();
      core.close(deaf);
      assertThat(LogRecorder.lines())
          .anyMatch(line -> line.startsWith("ERROR Thread deaf: spin does not end"))
          .anyMatch(line -> line.contains("left with its bundle a reservation mutex"));
      assertThat(core.holdings().buffers()).isZero();
      over.countDown();
      thread.join();
    }
  }

  @Test
  void threadOfItsOwnMakingIsNamed() throws Exception {
    try (DmaBufCore core =
        DmaBufCore.create(DmaBufOptions.defaults().withDrainBound(Duration.ofMillis(20)))) {
      CountDownLatch over = new CountDownLatch(1);
      Threads.Running<Object> own =
          Threads.start(
              () -> {
                over.await();
                return null;
              });
      core.close(core.open("maker"), thread -> thread == own.thread());
      assertThat(LogRecorder.lines())
          .singleElement()
          .asString()
          .startsWith("WARN maker has stopped and its own thread test runs on; it is at ")
          .contains("DriverThreadsTest");
      over.countDown();
      own.join();
    }
  }

  @Test
  void queueDoesItsWorkInOrderAndDropsItAtTheEnd() throws Exception {
    List<Integer> done = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(1);
    WorkQueue queue = driver.threads().queue("work");
    for (int i = 0; i < 100; i++) {
      int number = i;
      queue.execute(() -> done.add(number));
    }
    queue.execute(
        () -> {
          throw new IllegalStateException("planted");
        });
    queue.execute(all::countDown);
    all.await();
    assertThat(done).hasSize(100).isSorted();
    assertThat(LogRecorder.lines())
        .singleElement()
        .asString()
        .contains("Thread work of driver failed", "planted");
    queue.close();
    assertErrno(Errno.ENODEV, () -> queue.execute(() -> {}));

    WorkQueue stuck = driver.threads().queue("stuck");
    CountDownLatch begun = new CountDownLatch(1);
    stuck.execute(
        () -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
        });
    begun.await();
    stuck.execute(() -> done.add(-1));
    stop();
    assertThat(done).doesNotContain(-1);
    assertThat(LogRecorder.lines())
        .anyMatch(line -> line.contains("left [1 pieces of queued work]"));
    assertErrno(Errno.ENODEV, () -> stuck.execute(() -> {}));
  }

  @Test
  void timerDoesItsWorkOnAThreadOfTheDrivers() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    List<Thread> by = new CopyOnWriteArrayList<>();
    long due = framework.clock().nanos() + 5;
    driver
        .threads()
        .at(
            due,
            () -> {
              by.add(Thread.currentThread());
              done.countDown();
            });
    DmaClock.Timer cancelled = driver.threads().at(due, () -> by.add(null));
    cancelled.cancel();
    framework.clock().advance(4);
    assertThat(by).isEmpty();
    framework.clock().advance(1);
    done.await();
    assertThat(by).singleElement().extracting(Thread::getName).isEqualTo("driver: timers");
    driver.threads().at(due + 100, () -> by.add(null));
    stop();
    framework.clock().advance(1000);
    assertThat(by).hasSize(1);
    assertThat(LogRecorder.lines()).singleElement().asString().contains("left [1 timers]");
  }

  @Test
  void arenaIsChargedAndEndsWithTheBundle() {
    framework.core().limit("driver", ClientLimits.NONE.with(Limit.BYTES, 4096));
    Arena arena = driver.arena();
    MemorySegment segment = arena.allocate(4000);
    segment.fill((byte) 1);
    assertThat(driver.files().account().used()).isEqualTo(4000);
    assertErrno(Errno.ENOMEM, () -> arena.allocate(4000));
    arena.close();
    assertThat(driver.files().account().used()).isZero();
    MemorySegment left = driver.arena().allocate(16);
    stop();
    assertThat(left.scope().isAlive()).isFalse();
    assertThat(driver.files().account().used()).isZero();
    assertThat(LogRecorder.lines()).isEmpty();
  }
}
