package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A point at which a thread of the product is held.
 *
 * <pre>
 *   SET --thread comes--> REACHED --release()--> RELEASED (later comers pass)
 * </pre>
 */
final class Hold {
  private static final long BOUND_SECONDS = 60;

  private final String where;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  Hold(String where) {
    this.where = where;
  }

  /** The product's side: comes to the point, and stays until it is released. */
  void pass() throws InterruptedException {
    reached.countDown();
    assertThat(released.await(BOUND_SECONDS, TimeUnit.SECONDS)).as("release " + where).isTrue();
  }

  /** The test's side: waits until a thread is held. */
  void awaitReached() {
    try {
      assertThat(reached.await(BOUND_SECONDS, TimeUnit.SECONDS)).as("reach " + where).isTrue();
    } catch (InterruptedException stopped) {
      throw new AssertionError("The test was interrupted", stopped);
    }
  }

  void release() {
    released.countDown();
  }
}
