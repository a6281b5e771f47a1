package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.StressCounts;
import org.dmabuf.Threads;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What IGT's sw_sync asserts, by the names of its cases; the first five: SyncTimelineTest. */
class IgtSwSyncTest {
  private static final Duration NO_LIMIT = Duration.ofMillis(-1);

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry client;
  private FileTable table;

  @BeforeEach
  void open() {
    client = framework.open("client");
    table = client.files();
  }

  private int timeline() {
    return SwSyncIoctl.open(client, table, "line", 0);
  }

  private int[] timelines(int count) {
    return IntStream.range(0, count).map(each -> timeline()).toArray();
  }

  private int fence(int timeline, int value) {
    return SwSyncIoctl.createFence(table, timeline, value);
  }

  private int merge(int a, int b) {
    return SyncIoctl.merge(table, a, b);
  }

  /** Merges and closes both. */
  private int mergeInto(int a, int b) {
    int merged = merge(a, b);
    table.close(a);
    table.close(b);
    return merged;
  }

  private boolean isBusy(int fence) {
    return table.poll(fence, PollEvents.POLLIN) == 0;
  }

  private static void await(FileTable in, int fence) {
    assertThat(in.poll(List.of(new PollFd(fence, PollEvents.POLLIN)), NO_LIMIT)).isEqualTo(1);
  }

  private void awaitAndClose(int fence) {
    await(table, fence);
    table.close(fence);
  }

  private long with(int fence, int status) {
    return SyncIoctl.fileInfo(table, fence).fences().stream()
        .filter(each -> each.status() == status)
        .count();
  }

  @Test
  @Row({"Y3", "Y6"})
  void allocMergeFence() {
    int[] lines = timelines(2);
    int merged = merge(fence(lines[0], 1), fence(lines[1], 1));
    assertThat(with(merged, 0)).isEqualTo(2);
    table.close(merged);
  }

  @Test
  @Row({"Y2", "Y6"})
  void syncBusy() {
    int line = timeline();
    int fence = fence(line, 5);
    assertThat(isBusy(fence)).isTrue();
    SwSyncIoctl.increment(table, line, 1);
    assertThat(isBusy(fence)).isTrue();
    SwSyncIoctl.increment(table, line, 4);
    assertThat(isBusy(fence)).isFalse();
    SwSyncIoctl.increment(table, line, 1);
    assertThat(isBusy(fence)).isFalse();
  }

  @Test
  @Row({"Y2", "Y6"})
  void syncBusyFork() throws Exception {
    int line = timeline();
    int fence = fence(line, 1);
    FileTable child = client.openTable("child");
    child.passing().inherit(table);
    assertThat(isBusy(fence)).isTrue();
    Threads.Running<Object> waiting =
        Threads.start(
            () -> {
              await(child, fence);
              return null;
            });
    waiting.awaitBlocked();
    SwSyncIoctl.increment(table, line, 1);
    waiting.join();
    assertThat(isBusy(fence)).isFalse();
  }

  @Test
  @Row({"Y2", "Y6"})
  void syncBusyForkUnixsocket() throws Exception {
    int line = timeline();
    int fence = fence(line, 1);
    FileTable child = client.openTable("child");
    table.passing().send(child, line);
    CountDownLatch received = new CountDownLatch(1);
    Threads.Running<Object> incrementing =
        Threads.start(
            () -> {
              int theirs = child.passing().receive(true).getFirst();
              received.countDown();
              SwSyncIoctl.increment(child, theirs, 1);
              return null;
            });
    received.await();
    await(table, fence);
    incrementing.join();
    assertThat(isBusy(fence)).isFalse();
  }

  @Test
  @Row({"Y3", "C/5"})
  void syncMergeInvalid() {
    int line = timeline();
    int fence = fence(line, 1);
    int closed = fence(line, 1);
    table.close(closed);
    for (int other : new int[] {-1, closed, line}) {
      assertErrno(Errno.ENOENT, () -> merge(fence, other));
    }
    assertErrno(Errno.EBADF, () -> merge(closed, fence));
    assertErrno(Errno.ENOTTY, () -> merge(line, fence));
  }

  @Test
  @Row({"Y3", "N6"})
  void syncMerge() {
    int line = timeline();
    int merged = merge(merge(fence(line, 1), fence(line, 3)), fence(line, 2));
    assertThat(with(merged, 0)).as("the latest alone").isEqualTo(1);
    SwSyncIoctl.increment(table, line, 2);
    assertThat(isBusy(merged)).isTrue();
    SwSyncIoctl.increment(table, line, 1);
    assertThat(isBusy(merged)).isFalse();
    assertThat(with(merged, 1)).isEqualTo(1);
  }

  @Test
  @Row({"Y3", "N6"})
  void syncMergeSame() {
    int line = timeline();
    int fence = fence(line, 1);
    int merged = merge(fence, fence);
    assertThat(with(merged, 0)).isEqualTo(1);
    SwSyncIoctl.increment(table, line, 1);
    assertThat(with(merged, 1)).isEqualTo(1);
  }

  @Test
  @Row({"Y3", "Y4"})
  void syncMultiTimelineWait() {
    int[] lines = timelines(3);
    int merged = merge(merge(fence(lines[0], 5), fence(lines[1], 5)), fence(lines[2], 5));
    for (int active = 3; active > 0; active--) {
      assertThat(with(merged, 0)).isEqualTo(active);
      assertThat(isBusy(merged)).isTrue();
      SwSyncIoctl.increment(table, lines[3 - active], 5);
    }
    assertThat(with(merged, 1)).isEqualTo(3);
    assertThat(isBusy(merged)).isFalse();
  }

  @Test
  @Tag("stress")
  @Row({"Y2", "Y6"})
  void syncMultiConsumer() throws Exception {
    int consumers = 8;
    int rounds = StressCounts.of(1 << 8, 1 << 14);
    int line = timeline();
    AtomicInteger started = new AtomicInteger();
    Threads.together(
        consumers + 1,
        number -> {
          if (number == consumers) {
            while (started.get() < consumers) {
              Thread.onSpinWait();
            }
            for (int i = 0; i < rounds; i++) {
              SwSyncIoctl.increment(table, line, 1);
            }
            return;
          }
          started.incrementAndGet();
          for (int i = 1; i <= rounds; i++) {
            awaitAndClose(fence(line, i));
          }
        });
    assertThat(isBusy(fence(line, rounds))).isFalse();
    assertThat(isBusy(fence(line, rounds + 1))).isTrue();
  }

  @Test
  @Tag("stress")
  @Row({"Y2", "Y6"})
  void syncMultiConsumerProducer() throws Exception {
    int threads = 4;
    int rounds = StressCounts.of(1 << 8, 1 << 14);
    int line = timeline();
    AtomicInteger counter = new AtomicInteger();
    Threads.together(
        threads,
        number -> {
          for (int i = 0; i < rounds; i++) {
            int turn = i * threads + number;
            awaitAndClose(fence(line, turn));
            assertThat(counter.getAndIncrement()).isEqualTo(turn);
            SwSyncIoctl.increment(table, line, 1);
          }
        });
    assertThat(counter).hasValue(threads * rounds);
  }

  @Test
  @Tag("stress")
  @Row({"Y2", "Y3", "Y6"})
  void syncMultiProducerSingleConsumer() throws Exception {
    int producers = 3;
    int rounds = StressCounts.of(1 << 8, 1 << 14);
    int consumer = timeline();
    int[] lines = timelines(producers);
    AtomicInteger counter = new AtomicInteger();
    Threads.together(
        producers + 1,
        number -> {
          for (int i = 1; i <= rounds; i++) {
            if (number < producers) {
              awaitAndClose(fence(consumer, i - 1));
              counter.incrementAndGet();
              SwSyncIoctl.increment(table, lines[number], 1);
              continue;
            }
            int merged = fence(lines[0], i);
            for (int each = 1; each < producers; each++) {
              merged = mergeInto(merged, fence(lines[each], i));
            }
            awaitAndClose(merged);
            assertThat(counter).hasValue(producers * i);
            SwSyncIoctl.increment(table, consumer, 1);
          }
        });
  }

  @Test
  @Tag("stress")
  @Row({"Y3", "N6", "L/5"})
  void syncExpiredMerge() {
    int line = timeline();
    int expired = fence(line, 1);
    SwSyncIoctl.increment(table, line, 1);
    assertThat(isBusy(expired)).isFalse();
    int before = table.size();
    int rounds = StressCounts.of(1 << 10, 1 << 20);
    for (int i = 0; i < rounds; i++) {
      int merged = merge(expired, expired);
      table.close(expired);
      expired = merged;
    }
    assertThat(table.size()).isEqualTo(before);
    assertThat(with(expired, 1)).isEqualTo(1);
    assertThat(isBusy(expired)).isFalse();
  }

  @Test
  @Tag("stress")
  @Row({"Y3", "N6"})
  void syncRandomMerge() {
    int rounds = StressCounts.of(1 << 11, 1 << 15);
    int[] lines = timelines(32);
    int[] latest = new int[lines.length];
    Random random = new Random(17);
    int merged = -1;
    for (int i = 0; i < rounds; i++) {
      int at = random.nextInt(lines.length);
      int value = random.nextInt(Integer.MAX_VALUE - 1) + 1;
      latest[at] = Math.max(latest[at], value);
      int one = fence(lines[at], value);
      merged = merged < 0 ? one : mergeInto(merged, one);
    }
    assertThat(with(merged, 0)).isEqualTo(Arrays.stream(latest).filter(each -> each > 0).count());
    for (int i = 0; i < lines.length; i++) {
      assertThat(isBusy(merged)).isTrue();
      SwSyncIoctl.increment(table, lines[i], latest[i]);
    }
    assertThat(isBusy(merged)).isFalse();
  }
}
