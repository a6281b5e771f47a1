package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.Test;

/** A descriptor that another thread closes at the worst moments of its being added or asked. */
class ClosedAsItIsAddedTest {
  private static final int IN = PollEvents.POLLIN;

  private final FileTable table =
      new FileTable("program", new MemoryAccount("program"), 8, 4096, new ManualClock());
  private final Poller poller = table.poller();
  private final WaitQueue queue = new WaitQueue();
  private int fd;

  /** Does something, once, at one of the moments. */
  private class Pipe extends OpenFile {
    void asItIsLookedAt() {}

    void asItsQueueIsSought() {}

    int asItIsAsked() {
      return IN;
    }

    @Override
    public String describe() {
      return "pipe";
    }

    @Override
    protected boolean isPollable() {
      asItIsLookedAt();
      return true;
    }

    @Override
    protected WaitQueue waitQueue() {
      asItsQueueIsSought();
      return queue;
    }

    @Override
    protected int poll(int events) {
      return asItIsAsked();
    }

    @Override
    protected void released() {}
  }

  private void assertNotAdded(Pipe pipe) {
    fd = table.install(pipe, false);
    assertErrno(Errno.EBADF, () -> poller.add(fd, IN, Poller.Trigger.LEVEL, 1));
    assertThat(poller.size()).isZero();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(pipe.references()).isZero();
    assertThat(poller.await(Duration.ZERO, 1)).isEmpty();
  }

  @Test
  void closedBeforeItIsInTheSetItIsEbadfAndLeavesNothing() {
    assertNotAdded(
        new Pipe() {
          @Override
          void asItIsLookedAt() {
            table.close(fd);
          }
        });
  }

  @Test
  void closedBeforeItIsInTheQueueOfTheFileItIsEbadfAndLeavesNothing() {
    assertNotAdded(
        new Pipe() {
          private boolean sought;

          @Override
          void asItsQueueIsSought() {
            if (!sought) {
              sought = true;
              table.close(fd);
            }
          }
        });
  }

  @Test
  void closedAsItIsAskedItIsNotReported() {
    Pipe pipe =
        new Pipe() {
          private int asked;

          @Override
          int asItIsAsked() {
            if (asked++ == 1) {
              table.close(fd);
            }
            return IN;
          }
        };
    fd = table.install(pipe, false);
    poller.add(fd, IN, Poller.Trigger.LEVEL, 1);
    assertThat(poller.await(Duration.ZERO, 1)).isEmpty();
    assertThat(poller.size()).isZero();
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void wokenAsItIsAskedItIsAskedOnceMore() {
    int[] asked = {0};
    Pipe pipe =
        new Pipe() {
          @Override
          int asItIsAsked() {
            if (asked[0]++ == 1) {
              queue.wake(IN);
            }
            return IN;
          }
        };
    fd = table.install(pipe, false);
    poller.add(fd, IN, Poller.Trigger.EDGE, 1);
    assertThat(poller.await(Duration.ZERO, 1)).hasSize(1);
    assertThat(poller.await(Duration.ZERO, 1)).as("of the second wake-up").hasSize(1);
    assertThat(poller.await(Duration.ZERO, 1)).isEmpty();
    assertThat(asked[0]).isEqualTo(3);
  }
}
