package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.dmabuf.file.Poller;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Poll of a dma-buf's descriptor; also vc4_dmabuf_poll's two cases. */
class BufferPollTest {
  private static final int IN = PollEvents.POLLIN;
  private static final int OUT = PollEvents.POLLOUT;
  private static final int BOTH = IN | OUT;

  @RegisterExtension final Framework framework = new Framework();
  private RecordingExporter.Full exporter;
  private FileTable table;
  private FenceContext one;
  private FenceContext two;
  private DmaBuf buffer;
  private int fd;

  @BeforeEach
  void open() {
    DmaBufRegistry side = framework.open("exporter");
    table = framework.open("client").files();
    one = side.fenceContext("driver", "one");
    two = side.fenceContext("driver", "two");
    exporter = new RecordingExporter.Full(side, 8192);
    buffer = exporter.export(side);
    fd = side.fd(buffer.get(), table, true);
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private DmaFence add(FenceContext context, Usage usage) {
    DmaFence fence = context.create();
    buffer.resv().lock();
    buffer.resv().reserveFences(1);
    buffer.resv().addFence(fence, usage);
    buffer.resv().unlock();
    return fence;
  }

  private String counted() {
    return table.fdinfo(fd).lines().filter(line -> line.startsWith("count:")).findFirst().get();
  }

  @Test
  @Row({"L2", "L3", "L7", "A/14"})
  void idleBufferIsReadyForWhatIsAskedOfInAndOut() {
    assertThat(table.poll(fd, IN)).isEqualTo(IN);
    assertThat(table.poll(fd, OUT)).isEqualTo(OUT);
    assertThat(buffer.buffer().file().poll(OUT)).as("IN was not asked").isEqualTo(OUT);
    assertThat(table.poll(fd, BOTH | PollEvents.POLLPRI)).isEqualTo(BOTH);
    for (int other : new int[] {0, PollEvents.POLLPRI, PollEvents.POLLERR, 0x40, 0x100}) {
      assertThat(table.poll(fd, other)).isZero();
    }
  }

  @Test
  @Row({"L2", "L3", "A/14"})
  void pollReadWaitsUntilWriteDone() {
    DmaFence read = add(one, Usage.READ);
    assertThat(table.poll(fd, IN)).isEqualTo(IN);
    assertThat(table.poll(fd, OUT)).isZero();
    assertThat(table.poll(fd, BOTH)).isEqualTo(IN);
    DmaFence write = add(two, Usage.WRITE);
    assertThat(table.poll(fd, BOTH)).isZero();
    two.fail(write, Errno.EIO);
    assertThat(table.poll(fd, BOTH)).as("an error is done, too").isEqualTo(IN);
    one.signal(read);
    assertThat(table.poll(fd, BOTH)).isEqualTo(BOTH);
  }

  @Test
  @Row({"L2", "L3", "A/14"})
  void pollWriteWaitsUntilWriteDone() throws Exception {
    DmaFence write = add(one, Usage.WRITE);
    PollFd asked = new PollFd(fd, OUT);
    Threads.Running<Integer> waiter =
        Threads.start(() -> table.poll(List.of(asked), Duration.ofDays(1)));
    framework.clock().awaitScheduled(1);
    waiter.awaitBlocked();
    one.signal(write);
    assertThat(waiter.join()).isEqualTo(1);
    assertThat(asked.revents()).isEqualTo(OUT);
  }

  @Test
  @Row({"L1", "L5"})
  void fileWithoutABufferPollsAsAnError() {
    DmaBufFile file = buffer.buffer().file();
    assertThat(file.poll(IN)).isEqualTo(IN);
    buffer.close();
    table.close(fd);
    assertThat(file.poll(IN)).isEqualTo(PollEvents.POLLERR);
    assertThat(table.poll(fd, IN)).isEqualTo(PollEvents.POLLNVAL);
  }

  @Test
  @Row({"L4", "L5", "A/15", "A/17"})
  void eachDirectionHoldsOneReferenceUntilItsFenceIsDone() {
    DmaFence write = add(one, Usage.WRITE);
    DmaFence read = add(two, Usage.READ);
    assertThat(counted()).isEqualTo("count:\t2");
    table.poll(fd, IN);
    assertThat(counted()).isEqualTo("count:\t3");
    table.poll(fd, IN);
    table.poll(fd, BOTH);
    table.poll(fd, BOTH);
    assertThat(counted()).as("one for each direction, however often").isEqualTo("count:\t4");
    one.signal(write);
    assertThat(counted()).as("both waited for the first that is pending").isEqualTo("count:\t2");
    assertThat(table.poll(fd, BOTH)).isEqualTo(IN);
    assertThat(counted()).isEqualTo("count:\t3");
    two.signal(read);
    assertThat(counted()).isEqualTo("count:\t2");
  }

  /** The recorded scenario a.*.polllife. */
  @Test
  @Row({"L5", "A/15", "A/18", "C10"})
  void pollThatFoundAPendingFenceKeepsTheBuffer() {
    buffer.close();
    DmaFence write = addThroughTable(Usage.WRITE);
    assertThat(table.poll(fd, IN)).isZero();
    table.close(fd);
    assertThat(exporter.taken()).doesNotContain("release");
    assertThat(framework.holdings().buffers()).isEqualTo(1);
    one.signal(write);
    assertThat(exporter.taken()).containsExactly("release");
    assertThat(framework.holdings().buffers()).isZero();
  }

  @Test
  @Row({"L5", "A/15"})
  void pendingFenceWithoutAPollThatWaitsForItKeepsNothing() {
    buffer.close();
    addThroughTable(Usage.READ);
    assertThat(table.poll(fd, IN)).isEqualTo(IN);
    table.close(fd);
    assertThat(exporter.taken()).containsExactly("release");
  }

  private DmaFence addThroughTable(Usage usage) {
    DmaFence fence = one.create();
    try (DmaBuf handle = framework.open("importer").get(table, fd)) {
      handle.resv().lock();
      handle.resv().reserveFences(1);
      handle.resv().addFence(fence, usage);
      handle.resv().unlock();
    }
    return fence;
  }

  @Test
  @Row("L4")
  void pollNeedsTheReservationAndSaysSo() throws Exception {
    buffer.resv().lock();
    assertErrno(Errno.EALREADY, () -> table.poll(fd, IN));
    Threads.Running<Integer> other = Threads.start(() -> table.poll(fd, IN));
    other.awaitBlocked();
    DmaFence fence = one.create();
    buffer.resv().reserveFences(1);
    buffer.resv().addFence(fence, Usage.WRITE);
    buffer.resv().unlock();
    assertThat(other.join()).as("sees what was added meanwhile").isZero();
    one.signal(fence);
    assertThat(counted()).as("no reference is left of the refused one").isEqualTo("count:\t2");
  }

  /** The recorded scenario a.*.poll, its steps with epoll. */
  @Test
  @Row({"A/14", "L6"})
  void pollerIsWokenByFencesAndAnEdgeFiresAgainAtEachLook() throws Exception {
    Poller poller = table.poller();
    List<Poller.Ready> both = List.of(new Poller.Ready(fd, BOTH, 3));
    poller.add(fd, BOTH, Poller.Trigger.LEVEL, 3);
    assertThat(poller.await(Duration.ZERO, 8)).isEqualTo(both);
    DmaFence write = add(one, Usage.WRITE);
    assertThat(poller.await(Duration.ZERO, 8)).isEmpty();
    Threads.Running<List<Poller.Ready>> waiter =
        Threads.start(() -> poller.await(Duration.ofDays(1), 8));
    framework.clock().awaitScheduled(1);
    waiter.awaitBlocked();
    one.signal(write);
    assertThat(waiter.join()).singleElement().extracting(Poller.Ready::fd).isEqualTo(fd);
    assertThat(poller.await(Duration.ZERO, 8)).isEqualTo(both);
    poller.modify(fd, BOTH, Poller.Trigger.EDGE, 3);
    assertThat(poller.await(Duration.ZERO, 8)).isEqualTo(both);
    assertThat(poller.await(Duration.ZERO, 8)).as("each look wakes").isEqualTo(both);
    DmaFence next = add(one, Usage.WRITE);
    assertThat(poller.await(Duration.ZERO, 8)).isEmpty();
    one.signal(next);
    assertThat(poller.await(Duration.ZERO, 8)).isEqualTo(both);
    assertThat(counted()).isEqualTo("count:\t2");
  }

  /** Thousands of buffers in one set: a fence wakes who waits for its buffer. */
  @Test
  @Row("A/14")
  void oneOfThousandsIsFoundByItsFence() throws Exception {
    DmaBufRegistry side = framework.open("exporter of many");
    int count = 4_000;
    FileTable large =
        new FileTable("large", new MemoryAccount("large"), count, 4096, framework.clock());
    Poller poller = large.poller();
    DmaFence[] fences = new DmaFence[count];
    for (int i = 0; i < count; i++) {
      try (DmaBuf each = new RecordingExporter.Full(side, 4096).export(side)) {
        fences[i] = one.create();
        each.resv().lock();
        each.resv().reserveFences(1);
        each.resv().addFence(fences[i], Usage.WRITE);
        each.resv().unlock();
        int number = side.fd(each.get(), large, false);
        poller.add(number, IN, Poller.Trigger.LEVEL, i);
      }
    }
    for (int i : new int[] {0, count / 2, count - 1}) {
      Threads.Running<List<Poller.Ready>> waiter =
          Threads.start(() -> poller.await(Duration.ofDays(1), 8));
      waiter.awaitBlocked();
      one.signal(fences[i]);
      assertThat(waiter.join()).containsExactly(new Poller.Ready(i, IN, i));
      large.close(i);
    }
    assertThat(poller.size()).isEqualTo(count - 3);
    large.close();
    assertThat(framework.holdings().buffers()).as("held by their polls").isEqualTo(count - 3 + 1);
    one.close();
    assertThat(framework.holdings().buffers()).isEqualTo(1);
  }

  /** Callbacks that poll again from within the wake-up see the direction idle. */
  @Test
  @Row({"L4", "L6"})
  void whoIsToldOfTheFenceBeforeThePollSeesItReady() {
    DmaFence write = one.create();
    AtomicInteger seen = new AtomicInteger(-1);
    write.addCallback(new FenceCallback(done -> seen.set(table.poll(fd, IN)), closed -> {}));
    buffer.resv().lock();
    buffer.resv().reserveFences(1);
    buffer.resv().addFence(write, Usage.WRITE);
    buffer.resv().unlock();
    assertThat(table.poll(fd, IN)).isZero();
    one.signal(write);
    assertThat(seen).as("still armed: its own callback comes next").hasValue(0);
    assertThat(table.poll(fd, IN)).isEqualTo(IN);
  }

  /** Fences that complete while they are polled: at the end nothing is held and all is ready. */
  @Test
  @Row({"L4", "L5", "L6"})
  void fencesThatCompleteDuringThePollLeaveNoReference() throws Exception {
    int rounds = 3_000;
    Threads.together(
        3,
        number -> {
          for (int i = 0; i < rounds; i++) {
            if (number == 0) {
              DmaFence fence = add(one, i % 2 == 0 ? Usage.WRITE : Usage.READ);
              one.signal(fence);
            } else {
              table.poll(fd, number == 1 ? BOTH : IN);
            }
          }
        });
    assertThat(table.poll(fd, BOTH)).isEqualTo(BOTH);
    assertThat(counted()).isEqualTo("count:\t2");
  }

  /** No wake-up is lost, whoever comes first: the fence, or the poll that waits for it. */
  @Test
  @Row({"L4", "L6", "A/14"})
  void everyPollIsWokenByItsFence() throws Exception {
    int rounds = 2_000;
    DmaFence[] fences = new DmaFence[rounds];
    AtomicInteger made = new AtomicInteger();
    Threads.together(
        3,
        number -> {
          for (int i = 0; i < rounds; i++) {
            if (number == 0) {
              fences[i] = add(one, Usage.WRITE);
              made.incrementAndGet();
              one.signal(fences[i]);
            } else {
              while (made.get() <= i) {
                Thread.onSpinWait();
              }
              PollFd asked = new PollFd(fd, number == 1 ? BOTH : IN);
              assertThat(table.poll(List.of(asked), Duration.ofSeconds(-1))).isEqualTo(1);
            }
          }
        });
    assertThat(counted()).isEqualTo("count:\t2");
  }
}
