package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.dmabuf.file.Poller;
import org.dmabuf.resv.Usage;
import org.dmabuf.sync.SwSyncIoctl;
import org.dmabuf.sync.SyncFile;
import org.dmabuf.sync.SyncIoctl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client leaves behind that stops with sync files, timelines, pollers and polls. */
class SyncTeardownTest {
  private static final Duration NO_LIMIT = Duration.ofMillis(-1);
  private static final int IN = PollEvents.POLLIN;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry leaving;
  private DmaBufRegistry staying;
  private DmaBuf buffer;
  private int fd;

  @BeforeEach
  void open() {
    DmaBufRegistry exporter = framework.open("exporter");
    leaving = framework.open("leaving");
    staying = framework.open("staying");
    buffer = new RecordingExporter.Full(exporter, 8192).export(exporter);
    fd = exporter.fd(buffer.get(), staying.files(), true);
  }

  private static int timeline(DmaBufRegistry client) {
    return SwSyncIoctl.open(client, client.files(), "line", 0);
  }

  private static int fence(DmaBufRegistry client, int timeline) {
    return SwSyncIoctl.createFence(client.files(), timeline, 1);
  }

  private static int fence(DmaBufRegistry client) {
    return fence(client, timeline(client));
  }

  private static void give(FileTable from, int sync, FileTable to, int buffer) {
    from.passing().send(to, sync);
    int received = to.passing().receive(true).getFirst();
    DmaBufIoctl.importSyncFile(to, buffer, (int) DmaBufIoctl.SYNC_WRITE, received);
    to.close(received);
  }

  @Test
  void syncFilesAndTimelinesAreCountedAndGoWithTheirClient() {
    int one = fence(leaving);
    SyncIoctl.merge(leaving.files(), one, fence(leaving));
    assertThat(framework.holdings().files()).as("two lines, two fences, a merge").isEqualTo(6);
    assertThat(framework.holdings().fences()).isEqualTo(2);
    DmaFence pending = SyncFile.fenceOf(leaving.files(), one).orElseThrow();
    framework.core().close(leaving);
    assertThat(pending.error()).contains(Errno.ENOENT);
    assertThat(framework.holdings().files()).as("the buffer's").isEqualTo(1);
    assertThat(framework.holdings().fences()).isZero();
    buffer.close();
  }

  @Test
  @Row({"A/14", "A/15"})
  void threadThatPollsForFencesOfAClientThatStopsIsWoken() throws Exception {
    give(leaving.files(), fence(leaving), staying.files(), fd);
    PollFd asked = new PollFd(fd, IN | PollEvents.POLLOUT);
    Threads.Running<Integer> waiter =
        Threads.start(() -> staying.files().poll(List.of(asked), NO_LIMIT));
    waiter.awaitBlocked();
    framework.core().close(leaving);
    assertThat(waiter.join()).isEqualTo(1);
    assertThat(asked.revents()).as("the direction that fired first, or both").isNotZero();
    assertThat(staying.files().poll(fd, asked.events())).isEqualTo(asked.events());
    assertThat(buffer.resv().isSignaled(Usage.BOOKKEEP)).isTrue();
    buffer.close();
  }

  @Test
  @Row("A/15")
  void clientThatStopsWithPendingPollsAndPollersLeavesNothingWhenTheFenceIsDone() throws Exception {
    int line = timeline(staying);
    give(staying.files(), fence(staying, line), staying.files(), fd);
    staying.files().passing().send(leaving.files(), fd);
    int theirs = leaving.files().passing().receive(true).getFirst();
    Poller poller = leaving.files().poller();
    poller.add(theirs, IN, Poller.Trigger.LEVEL, 0);
    Threads.Running<Object> inPoller =
        Threads.start(
            () -> {
              assertErrno(Errno.EBADF, () -> poller.await(NO_LIMIT, 1));
              return null;
            });
    PollFd asked = new PollFd(theirs, IN);
    Threads.Running<Integer> inPoll =
        Threads.start(() -> leaving.files().poll(List.of(asked), NO_LIMIT));
    inPoller.awaitBlocked();
    inPoll.awaitBlocked();
    framework.core().close(leaving);
    inPoller.join();
    assertThat(inPoll.join()).isEqualTo(1);
    assertThat(asked.revents()).isEqualTo(PollEvents.POLLNVAL);
    assertThat(buffer.buffer().file().references())
        .as("handle, descriptor, and the poll's until its fence is done")
        .isEqualTo(3);
    SwSyncIoctl.increment(staying.files(), line, 1);
    assertThat(buffer.buffer().file().references()).isEqualTo(2);
    buffer.close();
  }

  /** The exporter's class loader may be collected although a poll of its buffer is pending. */
  @Test
  @Row({"A/15", "L5"})
  void pendingPollKeepsNothingOfAnExporterThatHasGone() {
    DmaBufRegistry exporter = framework.open("exporter that goes");
    RecordingExporter ops = new RecordingExporter.Full(exporter, 4096);
    DmaBuf theirs = ops.export(exporter);
    int number = exporter.fd(theirs.get(), staying.files(), true);
    int line = timeline(staying);
    give(staying.files(), fence(staying, line), staying.files(), number);
    assertThat(staying.files().poll(number, IN)).isZero();
    WeakReference<RecordingExporter> gone = new WeakReference<>(ops);
    ops = null;
    theirs = null;
    framework.core().close(exporter);
    staying.files().close(number);
    Threads.awaitCollected(gone);
    assertThat(framework.holdings().buffers()).as("held by the poll").isEqualTo(2);
    SwSyncIoctl.increment(staying.files(), line, 1);
    assertThat(framework.holdings().buffers()).isEqualTo(1);
    buffer.close();
  }

  /** Who polls may be gone as well: its callback is the framework's own. */
  @Test
  @Row({"A/15", "L5"})
  void pendingPollKeepsNothingOfWhoPolled() {
    DmaBufRegistry client = framework.open("client that goes");
    int line = timeline(staying);
    int fence = fence(staying, line);
    give(staying.files(), fence, staying.files(), fd);
    staying.files().passing().send(client.files(), fd);
    int number = client.files().passing().receive(true).getFirst();
    assertThat(client.files().poll(number, IN)).isZero();
    Consumer<DmaFence> target =
        new Consumer<>() {
          @Override
          public void accept(DmaFence done) {
            assertThat(done.isSignaled()).isTrue();
          }
        };
    SyncFile.fenceOf(staying.files(), fence).orElseThrow().addCallback(client.callback(target));
    WeakReference<Object> itsTarget = new WeakReference<>(target);
    WeakReference<DmaBufRegistry> itself = new WeakReference<>(client);
    target = null;
    framework.core().close(client);
    client = null;
    Threads.awaitCollected(itsTarget);
    Threads.awaitCollected(itself);
    assertThat(buffer.buffer().file().references()).isEqualTo(3);
    SwSyncIoctl.increment(staying.files(), line, 1);
    buffer.close();
  }

  /** Timelines are advanced, waited for and torn down at once: nobody hangs, nothing is left. */
  @Test
  void clientsThatStopUnderLoadLeaveNothing() throws Exception {
    int clients = 60;
    FileTable table = staying.files();
    Threads.together(
        3,
        number -> {
          for (int i = 0; i < clients; i++) {
            DmaBufRegistry client = framework.open("client " + number + " " + i);
            int line = timeline(client);
            give(client.files(), fence(client, line), client.files(), adopted(client));
            if (i % 2 == number % 2) {
              SwSyncIoctl.increment(client.files(), line, 1);
            }
            framework.core().close(client);
            assertThat(table.poll(List.of(new PollFd(fd, IN)), NO_LIMIT)).isEqualTo(1);
          }
        });
    assertThat(framework.holdings().fences()).isZero();
    assertThat(framework.holdings().files()).isEqualTo(1);
    assertThat(buffer.buffer().file().references()).isEqualTo(2);
    buffer.close();
  }

  private int adopted(DmaBufRegistry client) {
    return client.fd(client.adopt(buffer), client.files(), true);
  }
}
