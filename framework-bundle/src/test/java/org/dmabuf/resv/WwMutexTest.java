package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.concurrent.CountDownLatch;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;

class WwMutexTest {
  private final WwClass family = new WwClass("test");
  private final WwMutex first = new WwMutex(family);
  private final WwMutex second = new WwMutex(family);

  @Test
  @Row("R1")
  void locksAndUnlocks() {
    assertThat(first.isLocked()).isFalse();
    first.lock(null);
    assertThat(first.isHeld()).isTrue();
    assertThat(first.tryLock()).as("try by the holder").isFalse();
    first.unlock();
    assertThat(first.tryLock()).isTrue();
    first.unlock();
    assertThat(first.holder()).isEqualTo("nobody");
    assertErrno(Errno.EPERM, first::unlock);
  }

  @Test
  @Row({"R2", "K/5"})
  void takingItAgainIsEalready() {
    try (AcquireContext context = family.begin()) {
      first.lock(context);
      assertThat(first.heldWith()).isSameAs(context);
      assertThat(context.held()).isEqualTo(1);
      assertErrno(Errno.EALREADY, () -> first.lock(context));
      assertErrno(Errno.EALREADY, () -> first.lock(null));
      first.unlock();
    }
  }

  @Test
  @Row("R1")
  void strangerNeitherTakesNorUnlocksIt() throws Exception {
    first.lock(null);
    Threads.start(
            () -> {
              assertThat(first.tryLock()).isFalse();
              assertErrno(Errno.EPERM, first::unlock);
              return null;
            })
        .join();
    first.unlock();
  }

  @Test
  @Row("R2")
  void contextIsOfOneClassAndEndsWithDone() {
    AcquireContext foreign = new WwClass("other").begin();
    assertErrno(Errno.EINVAL, () -> first.lock(foreign));
    AcquireContext context = family.begin();
    first.lock(context);
    context.done();
    assertErrno(Errno.EINVAL, () -> second.lock(context));
    assertErrno(Errno.EBUSY, context::close);
    first.unlock();
    context.close();
    assertErrno(Errno.EINVAL, () -> first.lock(context));
    assertThat(first.isLocked()).isFalse();
  }

  @Test
  @Row({"R2", "R3"})
  void youngerContextThatHoldsOthersDiesAndOlderOneWaits() throws Exception {
    AcquireContext older = family.begin();
    AcquireContext younger = family.begin();
    CountDownLatch youngHolds = new CountDownLatch(1);
    first.lock(older);
    Threads.Running<Object> young =
        Threads.start(
            () -> {
              second.lock(younger);
              youngHolds.countDown();
              assertErrno(Errno.EDEADLK, () -> first.lock(younger));
              assertErrno(Errno.EDEADLK, () -> first.lockInterruptibly(younger));
              assertErrno(Errno.EINVAL, () -> first.lockSlow(younger));
              second.unlock();
              first.lockSlow(younger);
              first.unlock();
              younger.close();
              return null;
            });
    youngHolds.await();
    second.lock(older);
    second.unlock();
    first.unlock();
    older.close();
    young.join();
    assertThat(first.isLocked() || second.isLocked()).isFalse();
  }

  @Test
  @Row("R2")
  void contextThatHoldsNothingWaitsForAnOlderOne() throws Exception {
    AcquireContext older = family.begin();
    AcquireContext younger = family.begin();
    first.lock(older);
    Threads.Running<Object> young =
        Threads.start(
            () -> {
              first.lock(younger);
              first.unlock();
              return null;
            });
    young.awaitBlocked();
    first.unlock();
    young.join();
  }

  @Test
  @Row({"R2", "R3"})
  void waiterDiesWhenAnOlderContextTakesWhatItWaitsFor() throws Exception {
    AcquireContext older = family.begin();
    AcquireContext younger = family.begin();
    first.lock(null);
    Threads.Running<Object> young =
        Threads.start(
            () -> {
              second.lock(younger);
              assertErrno(Errno.EDEADLK, () -> first.lock(younger));
              second.unlock();
              return null;
            });
    young.awaitBlocked();
    Threads.Running<Object> old =
        Threads.start(
            () -> {
              first.lock(older);
              second.lock(older);
              first.unlock();
              second.unlock();
              return null;
            });
    old.awaitBlocked();
    first.unlock();
    old.join();
    young.join();
  }

  @Test
  @Row("R1")
  void interruptedWaiterGivesUpOnlyWhereItMay() throws Exception {
    first.lock(null);
    Threads.Running<Boolean> may =
        Threads.start(
            () -> {
              assertErrno(Errno.ERESTARTSYS, () -> first.lockInterruptibly(null));
              return Thread.interrupted();
            });
    may.awaitBlocked();
    Threads.Running<Boolean> mayNot =
        Threads.start(
            () -> {
              first.lock(null);
              first.unlock();
              return Thread.interrupted();
            });
    mayNot.awaitBlocked();
    mayNot.thread().interrupt();
    may.thread().interrupt();
    assertThat(may.join()).isTrue();
    first.unlock();
    assertThat(mayNot.join()).as("flag set again").isTrue();
  }
}
