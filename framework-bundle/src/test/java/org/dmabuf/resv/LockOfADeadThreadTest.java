package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mutex whose holder had ended without unlocking was waited for for ever. */
class LockOfADeadThreadTest {
  private final WwClass family = new WwClass("test");
  private final WwMutex mutex = new WwMutex(family);

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void isGivenToWhoWaits() throws InterruptedException {
    Thread careless = Thread.ofPlatform().start(() -> mutex.lock(null));
    careless.join();
    assertThat(mutex.isLocked()).isTrue();
    mutex.lock(null);
    assertThat(mutex.isHeld()).isTrue();
    mutex.unlock();
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void isGivenToAContextThatWaits() throws InterruptedException {
    Thread careless = Thread.ofPlatform().start(() -> mutex.lock(family.begin()));
    careless.join();
    WwMutex other = new WwMutex(family);
    AcquireContext context = family.begin();
    mutex.lockSlow(context);
    other.lock(context);
    assertThat(context.held()).isEqualTo(2);
    other.unlock();
    mutex.unlock();
    context.close();
  }
}
