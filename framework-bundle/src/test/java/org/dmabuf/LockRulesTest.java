package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.PlantedLeaks.lineBelow;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dmabuf.debug.LockRank;
import org.dmabuf.debug.RankedLock;
import org.dmabuf.debug.Violation;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.ReservationSet;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In debug mode a broken rule about locks is told of with both places. */
@SuppressWarnings("LockNotBeforeTry") // the lines of locks taken in the wrong way are what counts
class LockRulesTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  private final DmaBufCore core = DmaBufCore.create(DmaBufOptions.defaults().withDebug(true));
  private final DmaBufRegistry registry = core.open("client");
  private final RankedLock driver = registry.lock("state", LockRank.DRIVER);
  private final RankedLock queue = registry.lock("queue", LockRank.QUEUE);
  private DmaBuf buffer;
  private Attachment attachment;

  @BeforeEach
  void export() {
    LogRecorder.clear();
    RecordingExporter.Full exporter = new RecordingExporter.Full(registry, 8192);
    buffer = exporter.export(registry);
    attachment = buffer.attach(DEVICE, moved -> {});
  }

  @AfterEach
  void close() {
    core.close();
  }

  private void assertBroken(Violation.Rule rule, int taken, int broken) {
    List<Violation> found = registry.violations();
    assertThat(found).extracting(Violation::rule).containsExactly(rule);
    Violation one = found.getFirst();
    assertLine(one.lockTaken(), taken);
    assertLine(one.broken(), broken);
    assertThat(one.thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(LogRecorder.lines())
        .filteredOn(line -> line.startsWith("WARN " + rule))
        .singleElement()
        .asString()
        .contains("LockRulesTest.java:" + taken, "LockRulesTest.java:" + broken);
  }

  private static void assertLine(List<StackTraceElement> places, int line) {
    assertThat(places.getFirst().getClassName()).isEqualTo(LockRulesTest.class.getName());
    assertThat(places.getFirst().getLineNumber()).isEqualTo(line);
  }

  @Test
  void reservationIsTakenBeforeADriversLock() {
    int taken = lineBelow();
    driver.lock();
    int broken = lineBelow();
    buffer.resv().lock();
    buffer.resv().unlock();
    driver.unlock();
    assertBroken(Violation.Rule.LOCK_ORDER, taken, broken);
  }

  @Test
  void driversLockIsTakenBeforeAQueues() throws Exception {
    int taken = lineBelow();
    assertThat(queue.tryLock(1, TimeUnit.SECONDS)).isTrue();
    int broken = lineBelow();
    driver.lockInterruptibly();
    driver.unlock();
    queue.unlock();
    assertBroken(Violation.Rule.LOCK_ORDER, taken, broken);
  }

  @Test
  void orderMayBeKeptLeftAndTakenAnew() {
    buffer.resv().lock();
    driver.lock();
    driver.lock();
    assertThat(queue.tryLock()).isTrue();
    queue.unlock();
    driver.unlock();
    driver.unlock();
    buffer.resv().unlock();
    queue.lock();
    queue.unlock();
    try (ReservationSet set =
        core.reservations().lockAll(List.of(buffer.resv(), registry.reservation()), 1)) {
      assertThat(set).isNotNull();
      driver.lock();
      driver.unlock();
    }
    assertThat(buffer.resv().tryLock()).isTrue();
    buffer.resv().unlock();
    assertThat(registry.violations()).isEmpty();
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @Test
  @Row("N1")
  void callThatNeedsTheReservationNamesWhoTookItLast() {
    int taken = lineBelow();
    buffer.resv().lock();
    buffer.resv().unlock();
    int broken = lineBelow();
    assertErrno(Errno.EINVAL, () -> attachment.map(DmaDirection.TO_DEVICE));
    assertThat(registry.violations().getFirst().broken().getFirst().getLineNumber())
        .isEqualTo(broken);
    assertBroken(Violation.Rule.MUST_HOLD, taken, broken);
    assertThat(registry.violations().getFirst().what()).contains(Thread.currentThread().getName());
  }

  @Test
  @Row("N1")
  void callsWithoutTheReservationAreTheOthers() {
    int taken = lineBelow();
    buffer.resv().lock();
    int broken = lineBelow();
    assertErrno(Errno.EALREADY, () -> buffer.attach(DEVICE));
    assertBroken(Violation.Rule.MUST_NOT_HOLD, taken, broken);
    buffer.beginCpuAccess(DmaDirection.FROM_DEVICE);
    buffer.endCpuAccess(DmaDirection.FROM_DEVICE);
    buffer.mmap(0, 4096, true).close();
    int fd = registry.fd(buffer.get(), registry.files(), true);
    registry.files().close(fd);
    assertErrno(Errno.EALREADY, attachment::detach);
    buffer.resv().unlock();
    attachment.detach();
    assertThat(registry.violations())
        .extracting(Violation::what)
        .satisfiesExactly(
            what -> assertThat(what).startsWith("Attach of device"),
            what -> assertThat(what).startsWith("Begin of CPU access"),
            what -> assertThat(what).startsWith("End of CPU access"),
            what -> assertThat(what).startsWith("mmap"),
            what -> assertThat(what).startsWith("A descriptor"),
            what -> assertThat(what).startsWith("Detach of device"));
  }

  @Test
  @Row("N1")
  void lastPutIsWithoutTheReservation() {
    attachment.detach();
    int taken = lineBelow();
    buffer.resv().lock();
    int broken = lineBelow();
    buffer.close();
    assertThat(registry.violations())
        .allSatisfy(found -> assertLine(found.lockTaken(), taken))
        .allSatisfy(found -> assertLine(found.broken(), broken));
    assertThat(registry.violations()).isNotEmpty();
  }

  /** Nobody has to meet the other for it: once is enough, on one thread. */
  @Test
  void twoOrdersAreToldOfBeforeTheyDeadlock() {
    DmaResv other = registry.reservation();
    buffer.resv().lock();
    int there = lineBelow();
    other.lock();
    other.unlock();
    buffer.resv().unlock();
    other.lock();
    int back = lineBelow();
    buffer.resv().lock();
    buffer.resv().unlock();
    other.unlock();
    assertBroken(Violation.Rule.LOCK_CYCLE, there, back);
  }

  @Test
  void oneThatIsOnlyTriedCannotDeadlock() {
    DmaResv other = registry.reservation();
    buffer.resv().lock();
    assertThat(other.tryLock()).isTrue();
    other.unlock();
    buffer.resv().unlock();
    other.lock();
    buffer.resv().lock();
    buffer.resv().unlock();
    other.unlock();
    assertThat(registry.violations()).isEmpty();
  }

  @Test
  void ringOfThreeDriversLocksIsToldOf() {
    RankedLock second = registry.lock("second", LockRank.DRIVER);
    RankedLock third = registry.lock("third", LockRank.DRIVER);
    List<RankedLock> ring = List.of(driver, second, third);
    for (int i = 0; i < 3; i++) {
      assertThat(registry.violations()).isEmpty();
      ring.get(i).lock();
      ring.get((i + 1) % 3).lock();
      ring.get((i + 1) % 3).unlock();
      ring.get(i).unlock();
    }
    assertThat(registry.violations())
        .extracting(Violation::rule)
        .containsExactly(Violation.Rule.LOCK_CYCLE);
  }

  @Test
  void setThatIsTakenWithAReservationHeldCannotGiveWay() {
    int taken = lineBelow();
    buffer.resv().lock();
    DmaResv other = registry.reservation();
    int broken = lineBelow();
    core.reservations().lockAll(List.of(other), 0).close();
    buffer.resv().unlock();
    assertBroken(Violation.Rule.LOCK_CYCLE, taken, broken);
  }

  @Test
  void callIntoAnotherBundleIsMadeWithoutAQueuesLock() {
    int taken = lineBelow();
    queue.lock();
    int broken = lineBelow();
    buffer.mmap(0, 4096, true).close();
    queue.unlock();
    assertBroken(Violation.Rule.HELD_ACROSS_CALL, taken, broken);
  }

  @Test
  void fencesAreWaitedForWithoutAnotherReservation() {
    int taken = lineBelow();
    buffer.resv().lock();
    int broken = lineBelow();
    assertThat(registry.reservation().await(Usage.READ, Duration.ZERO)).isTrue();
    assertThat(buffer.resv().await(Usage.READ, Duration.ZERO)).isTrue();
    buffer.resv().unlock();
    assertBroken(Violation.Rule.WAITED_WITH_ANOTHER, taken, broken);
  }

  @Test
  void lockThatIsGivenBackLeavesTheOthersHeld() {
    driver.lock();
    int taken = lineBelow();
    queue.lock();
    driver.unlock();
    int broken = lineBelow();
    driver.lock();
    driver.unlock();
    queue.unlock();
    driver.lock();
    driver.unlock();
    assertBroken(Violation.Rule.LOCK_ORDER, taken, broken);
  }

  @Test
  void lockThatWasNotHadIsNotHeld() throws Exception {
    driver.lock();
    Threads.start(
            () -> {
              assertThat(driver.tryLock()).isFalse();
              assertThat(driver.tryLock(0, TimeUnit.SECONDS)).isFalse();
              buffer.resv().lock();
              buffer.resv().unlock();
              return null;
            })
        .join();
    driver.unlock();
    assertThat(registry.violations()).isEmpty();
  }

  @Test
  void sameMistakeIsCountedAndLoggedOnce() {
    for (int i = 0; i < 3; i++) {
      driver.lock();
      buffer.resv().lock();
      buffer.resv().unlock();
      driver.unlock();
    }
    assertThat(registry.violations()).singleElement().extracting(Violation::count).isEqualTo(3L);
    assertThat(LogRecorder.lines()).hasSize(1);
  }

  @Test
  void lockOfTheRankOfReservationsIsRefused() {
    assertErrno(Errno.EINVAL, () -> registry.lock("mine", LockRank.RESERVATION));
  }

  /** Outside debug mode a driver's lock is a plain one. */
  @Test
  void nothingIsNotedOutsideDebugMode() {
    try (DmaBufCore plain = DmaBufCore.create()) {
      DmaBufRegistry client = plain.open("client");
      RankedLock lock = client.lock("state", LockRank.QUEUE);
      lock.lock();
      DmaBuf other = new RecordingExporter.Full(client, 8192).export(client);
      other.resv().lock();
      other.resv().unlock();
      lock.unlock();
      other.close();
      assertThat(client.violations()).isEmpty();
      assertThat(lock).hasToString("client's state (QUEUE)");
    }
  }
}
