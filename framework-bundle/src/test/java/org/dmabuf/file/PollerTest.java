package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.file.Poller.Trigger.EDGE;
import static org.dmabuf.file.Poller.Trigger.LEVEL;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.file.PollTest.Pipe;
import org.dmabuf.file.Poller.Ready;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PollerTest {
  private static final int IN = PollEvents.POLLIN;
  private static final int OUT = PollEvents.POLLOUT;
  private static final Duration NOW = Duration.ZERO;
  private static final Duration NO_LIMIT = Duration.ofMillis(-1);

  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;
  private Poller poller;
  private Pipe pipe;
  private int fd;

  @BeforeEach
  void open() {
    table = framework.open("client").files();
    poller = table.poller();
    pipe = new Pipe();
    fd = table.install(pipe, true);
  }

  @Test
  @Row("A/14")
  void levelIsReportedAsLongAsItIsReady() {
    poller.add(fd, IN, LEVEL, 7);
    assertThat(poller.await(NOW, 8)).isEmpty();
    pipe.become(IN | OUT);
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(fd, IN, 7));
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(fd, IN, 7));
    pipe.become(0);
    assertThat(poller.await(NOW, 8)).isEmpty();
    assertThat(poller.size()).isEqualTo(1);
  }

  @Test
  @Row("A/14")
  void edgeIsReportedOnceForEachWakeUp() {
    pipe.become(IN);
    poller.add(fd, IN, EDGE, 7);
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(fd, IN, 7));
    assertThat(poller.await(NOW, 8)).isEmpty();
    pipe.become(IN);
    pipe.become(IN);
    assertThat(poller.await(NOW, 8)).hasSize(1);
    assertThat(poller.await(NOW, 8)).isEmpty();
    pipe.become(OUT);
    pipe.become(IN | PollEvents.POLLERR);
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(fd, IN | PollEvents.POLLERR, 7));
  }

  @Test
  void membershipHasItsErrors() {
    poller.add(fd, IN, LEVEL, 0);
    assertErrno(Errno.EEXIST, () -> poller.add(fd, OUT, LEVEL, 0));
    int dup = table.dup(fd);
    poller.add(dup, IN, LEVEL, 1);
    poller.remove(fd);
    assertErrno(Errno.ENOENT, () -> poller.remove(fd));
    assertErrno(Errno.ENOENT, () -> poller.modify(fd, IN, LEVEL, 0));
    assertErrno(Errno.EBADF, () -> poller.add(99, IN, LEVEL, 0));
    assertErrno(Errno.EBADF, () -> poller.modify(99, IN, LEVEL, 0));
    assertErrno(Errno.EBADF, () -> poller.remove(99));
    assertErrno(Errno.EINVAL, () -> poller.await(NOW, 0));
    OpenFile plain =
        new OpenFile() {
          @Override
          public String describe() {
            return "plain file";
          }

          @Override
          protected void released() {}
        };
    int number = table.install(plain, false);
    assertErrno(Errno.EPERM, () -> poller.add(number, IN, LEVEL, 0));
    pipe.become(IN);
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(dup, IN, 1));
    assertThat(pipe.references()).isEqualTo(2);
  }

  @Test
  void modifyChangesWhatIsAskedAndLooksAtOnce() {
    poller.add(fd, IN, LEVEL, 1);
    pipe.become(OUT);
    assertThat(poller.await(NOW, 8)).isEmpty();
    poller.modify(fd, OUT, EDGE, 2);
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(fd, OUT, 2));
    assertThat(poller.await(NOW, 8)).isEmpty();
    poller.modify(fd, IN, LEVEL, 3);
    pipe.become(OUT);
    assertThat(poller.await(NOW, 8)).isEmpty();
  }

  @Test
  void closedDescriptorLeavesTheSet() {
    int dup = table.dup(fd);
    poller.add(fd, IN, LEVEL, 1);
    pipe.become(IN);
    table.close(fd);
    assertThat(poller.size()).isZero();
    assertThat(poller.await(NOW, 8)).isEmpty();
    assertThat(pipe.waitQueue().isEmpty()).isTrue();
    Pipe next = new Pipe();
    assertThat(table.install(next, true)).as("the number again").isEqualTo(fd);
    poller.add(fd, IN, LEVEL, 2);
    next.become(IN);
    assertThat(poller.await(NOW, 8)).containsExactly(new Ready(fd, IN, 2));
    table.dup(dup, fd, false);
    assertThat(poller.size()).as("replaced by dup2").isZero();
    assertThat(next.references()).isZero();
  }

  @Test
  void reportsAreAtMostWhatIsAskedForAndTheOthersComeNext() {
    List<Integer> numbers = new ArrayList<>(List.of(fd));
    poller.add(fd, IN, LEVEL, 0);
    pipe.become(IN);
    for (int i = 0; i < 4; i++) {
      Pipe more = new Pipe();
      int number = table.install(more, false);
      numbers.add(number);
      poller.add(number, IN, LEVEL, 0);
      more.become(IN);
    }
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      List<Ready> found = poller.await(NOW, 2);
      assertThat(found).hasSize(2);
      found.forEach(ready -> seen.add(ready.fd()));
    }
    assertThat(seen).as("nobody is passed over").containsExactlyInAnyOrderElementsOf(numbers);
    assertThat(poller.await(NOW, 99)).hasSize(5);
  }

  /** However many are watched, only those that were woken are looked at. */
  @Test
  void waitLooksAtThoseThatWereWokenOnly() throws Exception {
    FileTable large =
        new FileTable("large", new MemoryAccount("large"), 5_000, 4096, framework.clock());
    Poller set = large.poller();
    List<Pipe> pipes = new ArrayList<>();
    for (int i = 0; i < 4_096; i++) {
      Pipe each = new Pipe();
      pipes.add(each);
      set.add(large.install(each, false), IN, EDGE, i);
    }
    int before = pipes.stream().mapToInt(each -> each.asked.get()).sum();
    for (int round = 0; round < 10; round++) {
      Threads.Running<List<Ready>> waiter = Threads.start(() -> set.await(NO_LIMIT, 8));
      waiter.awaitBlocked();
      pipes.get(round * 400).become(IN);
      assertThat(waiter.join()).containsExactly(new Ready(round * 400, IN, round * 400L));
    }
    int asked = pipes.stream().mapToInt(each -> each.asked.get()).sum() - before;
    assertThat(asked).as("files asked for ten that were woken").isEqualTo(10);
    large.close();
    assertErrno(Errno.EBADF, () -> set.await(NOW, 1));
    assertErrno(Errno.EBADF, large::poller);
    assertThat(pipes).allMatch(each -> each.references() == 0);
  }

  @Test
  void timeoutIsOfTheHandTurnedClock() throws Exception {
    poller.add(fd, IN, LEVEL, 0);
    Threads.Running<List<Ready>> waiter =
        Threads.start(() -> poller.await(Duration.ofNanos(10), 1));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(9);
    waiter.awaitBlocked();
    pipe.become(OUT);
    framework.clock().advance(1);
    assertThat(waiter.join()).isEmpty();
  }

  @Test
  void interruptedWaitIsEintr() throws Exception {
    Threads.Running<Boolean> waiter =
        Threads.start(
            () -> {
              assertErrno(Errno.EINTR, () -> poller.await(NO_LIMIT, 1));
              return Thread.currentThread().isInterrupted();
            });
    waiter.awaitBlocked();
    waiter.thread().interrupt();
    assertThat(waiter.join()).isTrue();
  }

  @Test
  void closeEndsTheWaitAndLeavesNothingOnTheFiles() throws Exception {
    poller.add(fd, IN, LEVEL, 0);
    Threads.Running<Object> waiter =
        Threads.start(
            () -> {
              assertErrno(Errno.EBADF, () -> poller.await(NO_LIMIT, 1));
              return null;
            });
    waiter.awaitBlocked();
    poller.close();
    poller.close();
    waiter.join();
    assertThat(pipe.waitQueue().isEmpty()).isTrue();
    assertErrno(Errno.EBADF, () -> poller.add(fd, IN, LEVEL, 0));
    assertErrno(Errno.EBADF, () -> poller.modify(fd, IN, LEVEL, 0));
    assertErrno(Errno.EBADF, () -> poller.remove(fd));
    assertThat(pipe.waitQueue().isEmpty()).isTrue();
    assertThat(pipe.references()).isEqualTo(1);
  }

  @Test
  void fileWhosePollFailsIsAskedAgain() {
    int[] failures = {1};
    OpenFile failing =
        new OpenFile() {
          @Override
          public String describe() {
            return "failing file";
          }

          @Override
          protected boolean isPollable() {
            return true;
          }

          @Override
          protected int poll(int events) {
            if (failures[0]-- == 0) {
              throw new IllegalStateException("planted");
            }
            return IN;
          }

          @Override
          protected void released() {}
        };
    int number = table.install(failing, false);
    poller.add(number, IN, LEVEL, 0);
    assertThatIllegalStateException().isThrownBy(() -> poller.await(NOW, 1));
    assertThat(poller.await(NOW, 1)).containsExactly(new Ready(number, IN, 0));
    assertThat(failing.references()).isEqualTo(1);
  }

  /** Every event is seen by one of the threads that wait, and only once. */
  @Test
  void threadsThatWaitTogetherShareTheEventsOfEdges() throws Exception {
    int pipes = 900;
    List<Pipe> all = new ArrayList<>();
    for (int i = 0; i < pipes; i++) {
      Pipe each = new Pipe();
      all.add(each);
      poller.add(table.install(each, false), IN, EDGE, i);
    }
    List<Long> seen = new ArrayList<>();
    Threads.together(
        3,
        number -> {
          for (int i = 0; number == 0 && i < pipes; i++) {
            all.get(i).become(IN);
          }
          boolean done = number == 0;
          while (!done) {
            List<Ready> found = poller.await(Duration.ZERO, 5);
            synchronized (seen) {
              found.forEach(ready -> seen.add(ready.data()));
              done = seen.size() >= pipes;
            }
          }
        });
    assertThat(seen).hasSize(pipes).doesNotHaveDuplicates();
  }

  /**
   * A descriptor that is added, woken, closed and opened again is never reported as the old one.
   */
  @Test
  @Row("A/14")
  void descriptorsComeAndGoWhileOthersWait() throws Exception {
    int rounds = 2_000;
    Threads.together(
        2,
        number -> {
          if (number == 0) {
            for (int i = 0; i < rounds; i++) {
              Pipe each = new Pipe();
              int mine = table.install(each, false);
              poller.add(mine, IN, LEVEL, i);
              each.become(IN);
              table.close(mine);
              assertThat(each.references()).isLessThanOrEqualTo(1);
            }
            pipe.become(OUT);
            poller.add(fd, OUT, LEVEL, rounds);
            return;
          }
          long last = -1;
          while (last < rounds) {
            for (Ready ready : poller.await(NO_LIMIT, 1)) {
              assertThat(ready.data()).as("never an older one").isGreaterThanOrEqualTo(last);
              last = ready.data();
            }
          }
        });
    assertThat(poller.size()).isEqualTo(1);
  }
}
