package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.concurrent.CountDownLatch;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** For which fences a program's SYNC waits. */
class SyncWaitTest {
  private static final long START_READ = DmaBufIoctl.SYNC_READ;
  private static final long START_WRITE = DmaBufIoctl.SYNC_WRITE;
  private static final long START_BOTH = DmaBufIoctl.SYNC_RW;

  @RegisterExtension final Framework framework = new Framework();
  private DmaResv resv;
  private FenceContext context;
  private FileTable table;
  private int fd;

  @BeforeEach
  void open() {
    DmaBufRegistry driver = framework.open("driver");
    table = framework.open("program").files();
    context = driver.fenceContext("driver", "line");
    DmaBuf buffer = RecordingExporter.of(driver, false).export(driver);
    resv = buffer.resv();
    fd = driver.fd(buffer, table, true);
  }

  private DmaFence pending(Usage usage) {
    DmaFence fence = context.create();
    resv.lock();
    resv.reserveFences(1);
    resv.addFence(fence, usage);
    resv.unlock();
    return fence;
  }

  private Threads.Running<Object> sync(long flags) {
    return Threads.start(
        () -> {
          DmaBufIoctl.sync(table, fd, flags);
          return null;
        });
  }

  @Test
  @Row({"A/8", "F5", "U1"})
  void readersWaitForWritersAndWritersForAll() throws Exception {
    DmaFence reader = pending(Usage.READ);
    DmaBufIoctl.sync(table, fd, START_READ);
    Threads.Running<Object> write = sync(START_WRITE);
    Threads.Running<Object> both = sync(START_BOTH);
    write.awaitBlocked();
    both.awaitBlocked();
    context.signal(reader);
    write.join();
    both.join();
    DmaFence writer = pending(Usage.WRITE);
    Threads.Running<Object> read = sync(START_READ);
    read.awaitBlocked();
    context.signal(writer);
    read.join();
    pending(Usage.BOOKKEEP);
    DmaBufIoctl.sync(table, fd, START_BOTH);
  }

  @Test
  @Row({"A/8", "U2"})
  void endNeverWaits() {
    pending(Usage.WRITE);
    DmaBufIoctl.sync(table, fd, START_BOTH | DmaBufIoctl.SYNC_END);
    DmaBufIoctl.sync(table, fd, START_READ | DmaBufIoctl.SYNC_END);
  }

  @Test
  @Row({"A/8", "F5"})
  void interruptedWaitIsEintrAndMayBeTriedAgain() throws Exception {
    DmaFence writer = pending(Usage.WRITE);
    CountDownLatch again = new CountDownLatch(1);
    Threads.Running<Object> interrupted =
        Threads.start(
            () -> {
              assertErrno(Errno.EINTR, () -> DmaBufIoctl.sync(table, fd, START_READ));
              assertThat(Thread.interrupted()).as("the signal was handled").isTrue();
              again.countDown();
              DmaBufIoctl.sync(table, fd, START_READ);
              return null;
            });
    interrupted.awaitBlocked();
    interrupted.thread().interrupt();
    again.await();
    interrupted.awaitBlocked();
    context.signal(writer);
    interrupted.join();
  }

  @Test
  @Row("A/8")
  void fenceThatFailedDoesNotFailTheSync() {
    DmaFence writer = pending(Usage.WRITE);
    context.fail(writer, Errno.EIO);
    DmaBufIoctl.sync(table, fd, START_BOTH);
  }
}
