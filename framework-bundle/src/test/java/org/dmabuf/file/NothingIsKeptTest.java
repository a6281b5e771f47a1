package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaClock;
import org.dmabuf.ManualClock;
import org.dmabuf.Threads;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table lives as long as its client: it keeps nothing of what is over. */
class NothingIsKeptTest {
  private static final int IN = PollEvents.POLLIN;

  /** Knows how many timers are set and were not cancelled. */
  private static final class CountingClock implements DmaClock {
    private final ManualClock clock = new ManualClock();
    private final AtomicInteger set = new AtomicInteger();

    @Override
    public long nanos() {
      return clock.nanos();
    }

    @Override
    public Timer schedule(long atNanos, Runnable task) {
      Timer timer = clock.schedule(atNanos, task);
      set.incrementAndGet();
      return () -> {
        set.decrementAndGet();
        timer.cancel();
      };
    }
  }

  private final CountingClock clock = new CountingClock();
  private final FileTable table =
      new FileTable("program", new MemoryAccount("program"), 8, 4096, clock);

  @AfterEach
  void close() {
    table.close();
  }

  private static class Pipe extends OpenFile {
    private volatile int ready;

    void become(int events) {
      ready = events;
      wake(events);
    }

    @Override
    public String describe() {
      return "pipe";
    }

    @Override
    protected boolean isPollable() {
      return true;
    }

    @Override
    protected int poll(int events) {
      return ready;
    }

    @Override
    protected CpuMapping mmap(
        FileTable caller, long offset, long length, int protection, int flags) {
      Arena arena = Arena.ofShared();
      return CpuMapping.of("page", arena, arena.allocate(length), length, protection, () -> {});
    }

    @Override
    protected void released() {}
  }

  private WeakReference<Object> closedFile() {
    Pipe pipe = new Pipe();
    int fd = table.install(pipe, false);
    table.install(new Pipe(), false);
    table.close(fd);
    return new WeakReference<>(pipe);
  }

  @Test
  void closedFileIsNotKept() {
    Threads.awaitCollected(closedFile());
    assertThat(table.size()).isEqualTo(1);
  }

  private WeakReference<Object> closedMapping() {
    int fd = table.install(new Pipe(), false);
    CpuMapping mapping = table.mmap(fd, 1, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED);
    mapping.close();
    return new WeakReference<>(mapping);
  }

  @Test
  void mappingThatIsClosedIsNotKept() {
    Threads.awaitCollected(closedMapping());
    assertThat(table.size()).isEqualTo(1);
  }

  private WeakReference<Object> endedPoll(Pipe pipe) throws Exception {
    int fd = table.install(pipe, false);
    PollFd asked = new PollFd(fd, IN);
    Threads.Running<Integer> waiter =
        Threads.start(() -> table.poll(List.of(asked), Duration.ofSeconds(1)));
    waiter.awaitBlocked();
    pipe.become(IN);
    assertThat(waiter.join()).isEqualTo(1);
    return new WeakReference<>(asked);
  }

  @Test
  void pollThatIsOverIsNotKeptAndHasNoTimer() throws Exception {
    Pipe pipe = new Pipe();
    WeakReference<Object> asked = endedPoll(pipe);
    assertThat(clock.set).hasValue(0);
    assertThat(pipe.waitQueue().isEmpty()).isTrue();
    Threads.awaitCollected(asked);
    table.close();
  }

  private WeakReference<Object> closedPoller() {
    Poller poller = table.poller();
    poller.close();
    return new WeakReference<>(poller);
  }

  @Test
  void closedPollerIsNotKept() {
    Threads.awaitCollected(closedPoller());
    table.close();
  }

  @Test
  void pollerThatWasWokenHasNoTimer() throws Exception {
    Pipe pipe = new Pipe();
    Poller poller = table.poller();
    poller.add(table.install(pipe, false), IN, Poller.Trigger.LEVEL, 1);
    Threads.Running<List<Poller.Ready>> waiter =
        Threads.start(() -> poller.await(Duration.ofSeconds(1), 1));
    waiter.awaitBlocked();
    assertThat(clock.set).hasValue(1);
    pipe.become(IN);
    assertThat(waiter.join()).hasSize(1);
    assertThat(clock.set).hasValue(0);
  }
}
