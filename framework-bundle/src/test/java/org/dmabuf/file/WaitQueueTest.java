package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
  private final WaitQueue queue = new WaitQueue();
  private final List<WaitQueue.Place> woken = new ArrayList<>();
  private final WaitQueue.Place reader = new WaitQueue.Place(woken::add, PollEvents.POLLIN);
  private final WaitQueue.Place writer = new WaitQueue.Place(woken::add, PollEvents.POLLOUT);

  @Test
  void thoseAreWokenInOrderWhoWaitForTheEvent() {
    queue.add(reader);
    queue.add(writer);
    queue.wake(PollEvents.POLLOUT);
    assertThat(woken).containsExactly(writer);
    queue.wake(PollEvents.POLLIN | PollEvents.POLLOUT);
    assertThat(woken).containsExactly(writer, reader, writer);
    queue.wake(PollEvents.POLLERR);
    assertThat(woken).as("failures are everybody's").hasSize(5);
    queue.wake(PollEvents.POLLPRI);
    assertThat(woken).hasSize(5);
  }

  @Test
  void whoIsNotThereIsRemovedWithoutHarmToTheOthers() {
    assertThat(queue.isEmpty()).isTrue();
    queue.remove(writer);
    queue.add(reader);
    queue.remove(writer);
    assertThat(queue.isEmpty()).isFalse();
    queue.wake(PollEvents.POLLIN);
    assertThat(woken).containsExactly(reader);
    queue.remove(reader);
    queue.wake(PollEvents.POLLIN);
    assertThat(woken).hasSize(1);
    assertThat(queue.isEmpty()).isTrue();
  }
}
