package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.List;
import java.util.Random;
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

/** The kernel's selftests/sync, by the names of its cases. */
class SyncStressTest {
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

  private int fence(int timeline, int value) {
    return SwSyncIoctl.createFence(table, timeline, value);
  }

  private void await(int syncFile) {
    assertThat(table.poll(List.of(new PollFd(syncFile, PollEvents.POLLIN)), NO_LIMIT)).isEqualTo(1);
  }

  private long with(int syncFile, int status) {
    return SyncIoctl.fileInfo(table, syncFile).fences().stream()
        .filter(fence -> fence.status() == status)
        .count();
  }

  @Test
  @Row("Y6")
  void testAllocTimeline() {
    int line = timeline();
    assertThat(line).isNotNegative();
    table.close(line);
  }

  @Test
  @Row("Y6")
  void testAllocFence() {
    int fence = fence(timeline(), 1);
    assertThat(with(fence, 0)).isEqualTo(1);
    table.close(fence);
  }

  @Test
  @Row("Y6")
  void testAllocFenceNegative() {
    int line = timeline();
    table.close(line);
    assertErrno(Errno.EBADF, () -> fence(line, 1));
    assertErrno(Errno.EBADF, () -> fence(-1, 1));
  }

  @Test
  @Row({"Y3", "N6"})
  void testFenceMergeSameFence() {
    int line = timeline();
    int fence = fence(line, 5);
    int merged = SyncIoctl.merge(table, fence, fence);
    assertThat(with(merged, 0)).isEqualTo(1);
    SwSyncIoctl.increment(table, line, 5);
    await(merged);
    assertThat(with(merged, 1)).isEqualTo(1);
  }

  @Test
  @Row({"Y2", "Y6"})
  void testFenceOneTimelineWait() {
    int line = timeline();
    int fence = fence(line, 5);
    for (int i = 0; i < 4; i++) {
      SwSyncIoctl.increment(table, line, 1);
      assertThat(table.poll(fence, PollEvents.POLLIN)).isZero();
    }
    SwSyncIoctl.increment(table, line, 1);
    await(fence);
    SwSyncIoctl.increment(table, line, 10);
    await(fence);
  }

  @Test
  @Row({"Y3", "N6"})
  void testFenceOneTimelineMerge() {
    int line = timeline();
    int a = fence(line, 1);
    int b = fence(line, 2);
    int c = fence(line, 3);
    int all = SyncIoctl.merge(table, SyncIoctl.merge(table, a, b), c);
    assertThat(with(all, 0)).isEqualTo(1);
    SwSyncIoctl.increment(table, line, 2);
    assertThat(with(a, 1)).isEqualTo(1);
    assertThat(with(all, 1)).isZero();
    SwSyncIoctl.increment(table, line, 1);
    assertThat(with(all, 1)).isEqualTo(1);
  }

  @Test
  @Row({"Y3", "Y4"})
  void testFenceMultiTimelineWait() {
    int[] lines = {timeline(), timeline(), timeline()};
    int merged =
        SyncIoctl.merge(
            table,
            SyncIoctl.merge(table, fence(lines[0], 5), fence(lines[1], 5)),
            fence(lines[2], 5));
    for (int active = 3; active > 0; active--) {
      assertThat(with(merged, 0)).isEqualTo(active);
      assertThat(table.poll(merged, PollEvents.POLLIN)).isZero();
      SwSyncIoctl.increment(table, lines[active - 1], 5);
    }
    await(merged);
    assertThat(with(merged, 1)).isEqualTo(3);
  }

  @Test
  @Tag("stress")
  @Row({"Y2", "Y6"})
  void testStressTwoThreadsSharedTimeline() throws Exception {
    int steps = StressCounts.of(4_096, 65_536) / 2;
    int line = timeline();
    AtomicInteger counter = new AtomicInteger();
    Threads.together(
        2,
        number -> {
          for (int i = 0; i < steps; i++) {
            int fence = fence(line, 2 * i + number);
            await(fence);
            assertThat(counter.getAndIncrement()).isEqualTo(2 * i + number);
            SwSyncIoctl.increment(table, line, 1);
            table.close(fence);
          }
        });
    assertThat(counter).hasValue(2 * steps);
  }

  @Test
  @Tag("stress")
  @Row({"Y2", "Y3", "Y6"})
  void testConsumerStressMultiProducerSingleConsumer() throws Exception {
    int producers = 5;
    int steps = StressCounts.of(1_024, 4_096);
    int consumer = timeline();
    int[] lines = IntStream.range(0, producers).map(each -> timeline()).toArray();
    AtomicInteger counter = new AtomicInteger();
    Threads.together(
        producers + 1,
        number -> {
          for (int i = 1; i <= steps; i++) {
            if (number < producers) {
              int taken = fence(consumer, i - 1);
              await(taken);
              table.close(taken);
              counter.incrementAndGet();
              SwSyncIoctl.increment(table, lines[number], 1);
            } else {
              int merged = fence(lines[0], i);
              for (int each = 1; each < producers; each++) {
                int one = fence(lines[each], i);
                int both = SyncIoctl.merge(table, merged, one);
                table.close(merged);
                table.close(one);
                merged = both;
              }
              await(merged);
              table.close(merged);
              assertThat(counter).hasValue(producers * i);
              SwSyncIoctl.increment(table, consumer, 1);
            }
          }
        });
  }

  @Test
  @Tag("stress")
  @Row({"Y3", "N6"})
  void testMergeStressRandomMerge() {
    int lines = 32;
    int[] timelines = IntStream.range(0, lines).map(each -> timeline()).toArray();
    int[] latest = new int[lines];
    Random random = new Random(5);
    latest[0] = 1;
    int merged = fence(timelines[0], latest[0]);
    for (int i = 0; i < StressCounts.of(4_096, 32_768); i++) {
      int line = random.nextInt(lines);
      int value = random.nextInt(Integer.MAX_VALUE - 1) + 1;
      latest[line] = Math.max(latest[line], value);
      int one = fence(timelines[line], value);
      int both = SyncIoctl.merge(table, merged, one);
      table.close(one);
      table.close(merged);
      merged = both;
    }
    long distinct = IntStream.of(latest).filter(value -> value > 0).count();
    assertThat(SyncIoctl.fileInfo(table, merged).fences()).hasSize((int) distinct);
    for (int i = 0; i < lines; i++) {
      assertThat(table.poll(merged, PollEvents.POLLIN)).isZero();
      SwSyncIoctl.increment(table, timelines[i], latest[i]);
    }
    await(merged);
  }
}
