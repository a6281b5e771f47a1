package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PollTest {
  private static final int IN = PollEvents.POLLIN;
  private static final int OUT = PollEvents.POLLOUT;
  private static final Duration NO_LIMIT = Duration.ofMillis(-1);

  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;
  private Pipe first;
  private Pipe second;
  private int fd;
  private int other;

  @BeforeEach
  void open() {
    table = framework.open("client").files();
    first = new Pipe();
    second = new Pipe();
    fd = table.install(first, true);
    other = table.install(second, true);
  }

  /** Ready for what it is told; counts how often it was asked. */
  static final class Pipe extends OpenFile {
    final AtomicInteger asked = new AtomicInteger();
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
      asked.incrementAndGet();
      return ready;
    }

    @Override
    protected void released() {
      become(PollEvents.POLLHUP);
    }
  }

  private Threads.Running<Integer> start(PollFd... asked) {
    return Threads.start(() -> table.poll(List.of(asked), NO_LIMIT));
  }

  @Test
  @Row("A/14")
  void answersAreThoseOfEachDescriptor() {
    first.become(IN | OUT);
    second.become(PollEvents.POLLERR | PollEvents.POLLHUP);
    List<PollFd> asked =
        List.of(
            new PollFd(fd, IN),
            new PollFd(fd, 0),
            new PollFd(-1, IN),
            new PollFd(other, OUT),
            new PollFd(99, IN));
    assertThat(table.poll(asked, Duration.ZERO)).isEqualTo(3);
    assertThat(asked.stream().map(PollFd::revents))
        .containsExactly(IN, 0, 0, PollEvents.POLLERR | PollEvents.POLLHUP, PollEvents.POLLNVAL);
    assertThat(table.poll(asked, NO_LIMIT)).as("does not wait").isEqualTo(3);
    assertThat(first.references()).isEqualTo(1);
    assertThat(table.poll(List.of(), Duration.ZERO)).isZero();
    assertThat(asked.getFirst().events()).isEqualTo(IN);
  }

  @Test
  @Row("A/14")
  void waiterIsWokenByWhatItAskedForAndAnswersAreRenewed() throws Exception {
    PollFd one = new PollFd(fd, IN);
    PollFd two = new PollFd(other, OUT);
    Threads.Running<Integer> waiter = start(one, two);
    waiter.awaitBlocked();
    int before = first.asked.get();
    first.become(OUT);
    second.become(IN);
    assertThat(first.asked).as("asked for what it does not wait for").hasValue(before);
    second.become(OUT);
    assertThat(waiter.join()).isEqualTo(1);
    assertThat(one.revents()).isZero();
    assertThat(two.revents()).isEqualTo(OUT);
    assertThat(first.waitQueue().isEmpty()).isTrue();
    assertThat(second.waitQueue().isEmpty()).isTrue();
    assertThat(first.references()).isEqualTo(1);
  }

  @Test
  void timeoutIsOfTheHandTurnedClock() throws Exception {
    Threads.Running<Integer> waiter =
        Threads.start(() -> table.poll(List.of(new PollFd(fd, IN)), Duration.ofNanos(10)));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(9);
    waiter.awaitBlocked();
    framework.clock().advance(1);
    assertThat(waiter.join()).isZero();
    assertThat(first.waitQueue().isEmpty()).isTrue();
  }

  @Test
  void wakeUpThatBroughtNothingDoesNotEndTheWait() throws Exception {
    Threads.Running<Integer> waiter =
        Threads.start(() -> table.poll(List.of(new PollFd(fd, IN)), Duration.ofNanos(10)));
    framework.clock().awaitScheduled(1);
    waiter.awaitBlocked();
    int before = first.asked.get();
    first.wake(IN);
    while (first.asked.get() == before) {
      Thread.onSpinWait();
    }
    framework.clock().advance(9);
    first.become(IN);
    assertThat(waiter.join()).isEqualTo(1);
  }

  @Test
  @Row("A/14")
  void interruptedWaitIsEintrAndLeavesNothing() throws Exception {
    Threads.Running<Boolean> waiter =
        Threads.start(
            () -> {
              assertErrno(
                  Errno.EINTR,
                  () -> table.poll(List.of(new PollFd(fd, IN), new PollFd(-1, 0)), NO_LIMIT));
              return Thread.currentThread().isInterrupted();
            });
    waiter.awaitBlocked();
    waiter.thread().interrupt();
    assertThat(waiter.join()).isTrue();
    assertThat(first.waitQueue().isEmpty()).isTrue();
    assertThat(first.references()).isEqualTo(1);
  }

  private String interrupted(PollFd... asked) throws Exception {
    Threads.Running<Integer> waiter = start(asked);
    waiter.awaitBlocked();
    waiter.thread().interrupt();
    return catchThrowable(waiter::join).getCause().getMessage();
  }

  @Test
  void interruptionNamesTheFirstFileAndHowManyOthers() throws Exception {
    assertThat(interrupted(new PollFd(fd, IN))).endsWith(" pipe");
    assertThat(interrupted(new PollFd(fd, IN), new PollFd(other, IN))).contains("pipe", "1 other");
    assertThat(interrupted(new PollFd(-1, IN))).contains("no file").doesNotContain("other");
    assertThat(interrupted()).contains("no file").doesNotContain("other");
  }

  @Test
  void pollOfNothingInAClosedTableDoesNotWait() throws Exception {
    table.close();
    PollFd ignored = new PollFd(-1, IN);
    assertThat(start(ignored).join()).isZero();
    assertThat(ignored.revents()).isZero();
  }

  /** A clock counts nanoseconds in a long, which 292 years overflow. */
  @Test
  void timeoutThatAClockCannotCountHasNoLimit() {
    Duration century = Duration.ofDays(36_500);
    assertThat(PollCall.nanosOf(Duration.ZERO)).isZero();
    assertThat(PollCall.nanosOf(century.minusNanos(1))).isEqualTo(century.toNanos() - 1);
    for (Duration endless :
        List.of(century, Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(-1))) {
      assertThat(PollCall.nanosOf(endless)).isEqualTo(Long.MAX_VALUE);
    }
  }

  @Test
  void waiterHoldsItsFileWhenTheDescriptorIsClosed() throws Exception {
    PollFd asked = new PollFd(fd, IN);
    Threads.Running<Integer> waiter = start(asked);
    waiter.awaitBlocked();
    table.close(fd);
    assertThat(first.references()).isEqualTo(1);
    first.become(IN);
    assertThat(waiter.join()).isEqualTo(1);
    assertThat(asked.revents()).isEqualTo(IN);
    assertThat(first.references()).isZero();
  }

  @Test
  void closeOfTheTableEndsEveryWaitWithNval() throws Exception {
    PollFd asked = new PollFd(fd, IN);
    Threads.Running<Integer> waiter = start(asked, new PollFd(-1, IN));
    waiter.awaitBlocked();
    table.close();
    assertThat(waiter.join()).isEqualTo(1);
    assertThat(asked.revents()).isEqualTo(PollEvents.POLLNVAL);
    assertThat(first.references()).isZero();
    assertThat(table.poll(List.of(asked), NO_LIMIT)).isEqualTo(1);
  }

  @Test
  void filesThatNeverMakeAnyoneWaitAreReadyAndSeeNoWaiter() {
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
    assertThat(table.poll(number, IN | OUT | PollEvents.POLLPRI)).isEqualTo(IN | OUT);
    assertThat(table.poll(List.of(new PollFd(number, OUT)), NO_LIMIT)).isEqualTo(1);
    assertThat(plain.waitQueue().isEmpty()).isTrue();
    assertThat(plain.waitQueue()).isSameAs(plain.waitQueue());
  }

  @Test
  void manyWaitForOneFile() throws Exception {
    List<Threads.Running<Integer>> waiters = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      waiters.add(start(new PollFd(fd, IN)));
    }
    for (Threads.Running<Integer> waiter : waiters) {
      waiter.awaitBlocked();
    }
    first.become(IN);
    for (Threads.Running<Integer> waiter : waiters) {
      assertThat(waiter.join()).isEqualTo(1);
    }
    assertThat(first.waitQueue().isEmpty()).isTrue();
  }

  /** The file becomes ready at any moment of the poll: the poll ends. */
  @Test
  @Row("A/14")
  void noWakeUpIsLost() throws Exception {
    int rounds = 4_000;
    Pipe[] pipes = new Pipe[rounds];
    AtomicInteger polling = new AtomicInteger();
    for (int i = 0; i < rounds; i++) {
      pipes[i] = new Pipe();
    }
    Threads.together(
        2,
        number -> {
          for (int i = 0; i < rounds; i++) {
            if (number == 0) {
              while (polling.get() < i) {
                Thread.onSpinWait();
              }
              pipes[i].become(IN);
            } else {
              int mine = table.install(pipes[i], false);
              polling.set(i);
              assertThat(table.poll(List.of(new PollFd(mine, IN)), NO_LIMIT)).isEqualTo(1);
              table.close(mine);
            }
          }
        });
  }
}
