package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.fault.Injection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceOps;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls into drivers, and allocations, that are struck on purpose. */
class FaultsTest {
  private static final int PAGE = RecordingExporter.PAGE;
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry driver;
  private DmaBufRegistry user;

  @BeforeEach
  void open() {
    driver = framework.core().open("driver", "driver 1.0.0");
    user = framework.open("user");
  }

  private Injection fail(FaultPoint point, Errno errno) {
    return framework
        .core()
        .inject(FaultRule.each("driver", point, FaultKind.FAIL).withErrno(errno));
  }

  /** Makes every call there is into an exporter, and gives all back; returns the errors met. */
  private List<String> useAll(RecordingExporter exporter) {
    List<String> errors = new ArrayList<>();
    DmaBuf buffer = exporter.export(driver);
    run(errors, () -> buffer.attach(DEVICE).detach());
    run(
        errors,
        () -> {
          try (Attachment attachment = buffer.attach(DEVICE, moved -> {})) {
            attachment.resv().lock();
            try {
              attachment.pin();
              attachment.unpin();
              attachment.unmap(attachment.map(DmaDirection.TO_DEVICE));
            } finally {
              attachment.resv().unlock();
            }
          }
        });
    run(errors, () -> buffer.mmap(0, PAGE, true).close());
    run(errors, () -> buffer.beginCpuAccess(DmaDirection.BIDIRECTIONAL));
    run(errors, () -> buffer.kmap(0).close());
    run(errors, () -> buffer.endCpuAccess(DmaDirection.BIDIRECTIONAL));
    buffer.resv().lock();
    run(errors, () -> buffer.vunmap(buffer.vmap()));
    buffer.resv().unlock();
    buffer.close();
    return errors;
  }

  private static void run(List<String> errors, Runnable call) {
    try {
      call.run();
    } catch (DmaBufException failed) {
      errors.add(failed.errno().name());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultPoint.class,
      names = {"ATTACH", "MAP", "BEGIN_CPU_ACCESS", "MMAP", "KMAP", "VMAP"})
  void callThatTakesFailsInThePlaceOfTheDriver(FaultPoint point) {
    RecordingExporter exporter = new RecordingExporter.Full(driver, PAGE);
    try (Injection injection = fail(point, Errno.EBUSY)) {
      assertThat(useAll(exporter)).as("errors").isNotEmpty().containsAnyOf("EBUSY");
      assertThat(injection.struck()).isPositive();
    }
    String call = point.name().replace("_CPU_ACCESS", "").toLowerCase(java.util.Locale.ROOT);
    assertThat(exporter.calls).noneMatch(made -> made.replaceAll("\\(.*", "").equals(call));
    assertThat(framework.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    assertThat(LogRecorder.lines())
        .anyMatch(
            line -> line.startsWith("WARN Injected FAIL EBUSY into " + point + " 1 of driver"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultPoint.class,
      names = {"DETACH", "UNMAP", "END_CPU_ACCESS", "KUNMAP", "VUNMAP", "RELEASE"})
  void callThatGivesBackFailsWhenTheDriverHasGivenBack(FaultPoint point) {
    RecordingExporter struck = new RecordingExporter.Full(driver, PAGE);
    try (Injection injection = fail(point, Errno.EBUSY)) {
      useAll(struck);
      assertThat(injection.struck()).isPositive();
    }
    RecordingExporter whole = new RecordingExporter.Full(driver, PAGE);
    useAll(whole);
    assertThat(struck.calls).isEqualTo(whole.calls);
    assertThat(framework.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  @Test
  void pinAndUnpinAreStruck() {
    RecordingExporter exporter = RecordingExporter.of(driver, true);
    DmaBuf buffer = exporter.export(driver);
    try (Injection pin = fail(FaultPoint.PIN, Errno.ENOSPC)) {
      assertErrno(Errno.ENOSPC, () -> buffer.attach(DEVICE));
      assertThat(pin.struck()).isEqualTo(1);
    }
    assertThat(exporter.calls).containsExactly("attach", "detach");
    try (Injection unpin = fail(FaultPoint.UNPIN, Errno.ENOSPC)) {
      buffer.attach(DEVICE).detach();
      assertThat(unpin.struck()).isEqualTo(1);
    }
    assertThat(exporter.taken()).contains("pin", "unpin");
    buffer.close();
  }

  @Test
  void importerIsStruckByItsOwnFaults() {
    RecordingExporter exporter = RecordingExporter.of(driver, true);
    DmaBuf own = exporter.export(driver);
    DmaBuf theirs = user.adopt(own);
    int[] moves = {0};
    Attachment attachment = theirs.attach(DEVICE, moved -> moves[0]++);
    FaultRule rule = FaultRule.each("user", FaultPoint.MOVE_NOTIFY, FaultKind.THROW);
    try (Injection injection = framework.core().inject(rule)) {
      own.resv().lock();
      own.moveNotify();
      own.resv().unlock();
      assertThat(injection.struck()).isEqualTo(1);
    }
    assertThat(moves[0]).as("told all the same").isEqualTo(1);
    FaultRule asked = FaultRule.each("user", FaultPoint.IMPORTER_ASKED, FaultKind.FAIL);
    try (Injection _ = framework.core().inject(asked)) {
      assertErrno(Errno.EIO, () -> theirs.attach(DEVICE, moved -> {}));
      theirs.attach(DEVICE).detach();
    }
    attachment.detach();
    theirs.close();
    own.close();
  }

  @Test
  void handOverThatFailsIsARevoke() {
    RecordingExporter.Full exporter = new RecordingExporter.Full(driver, PAGE);
    DmaBuf theirs;
    try (DmaBuf own = exporter.export(driver, ExportPolicy.ADOPT, false)) {
      theirs = user.adopt(own);
    }
    try (Injection _ = fail(FaultPoint.HAND_OVER, Errno.EIO)) {
      framework.core().close(driver);
    }
    assertThat(user.buffers().getFirst().state()).isEqualTo("REVOKED");
    theirs.close();
  }

  @Test
  void throwIsAnErrorOfTheDriver() {
    RecordingExporter exporter = RecordingExporter.of(driver, false);
    DmaBuf buffer = exporter.export(driver);
    FaultRule rule = FaultRule.each("*", FaultPoint.ATTACH, FaultKind.THROW);
    try (Injection _ = framework.core().inject(rule)) {
      assertErrno(Errno.EIO, () -> buffer.attach(DEVICE));
    }
    buffer.attach(DEVICE).detach();
    buffer.close();
  }

  @Test
  void interruptLetsTheCallGoOn() {
    DmaBuf buffer = RecordingExporter.of(driver, false).export(driver);
    FaultRule rule = FaultRule.each("driver", FaultPoint.ATTACH, FaultKind.INTERRUPT);
    try (Injection _ = framework.core().inject(rule)) {
      Attachment attachment = buffer.attach(DEVICE);
      assertThat(Thread.interrupted()).isTrue();
      attachment.detach();
    }
    buffer.close();
  }

  @Test
  void slowCallGoesOnWhenItsTimeHasCome() throws Exception {
    DmaBuf buffer = RecordingExporter.of(driver, false).export(driver);
    FaultRule rule =
        FaultRule.each("driver", FaultPoint.ATTACH, FaultKind.SLOW)
            .withDuration(Duration.ofSeconds(3));
    try (Injection _ = framework.core().inject(rule)) {
      Threads.Running<Attachment> attach = Threads.start(() -> buffer.attach(DEVICE));
      framework.clock().awaitScheduled(1);
      framework.clock().advance(2_999_999_999L);
      assertThat(attach.task().isDone()).isFalse();
      framework.clock().advance(1);
      attach.join().detach();
    }
    buffer.close();
  }

  @Test
  void hangingCallGoesOnWhenTheRuleIsTakenBack() throws Exception {
    DmaBuf buffer = RecordingExporter.of(driver, false).export(driver);
    Injection injection =
        framework.core().inject(FaultRule.each("driver", FaultPoint.MAP, FaultKind.HANG));
    Attachment attachment = buffer.attach(DEVICE);
    Threads.Running<SgTable> map =
        Threads.start(() -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    framework.clock().awaitScheduled(1);
    injection.close();
    attachment.unmapUnlocked(map.join());
    attachment.detach();
    buffer.close();
  }

  @Test
  void hangingCallEndsByAnInterrupt() throws Exception {
    DmaBuf buffer = RecordingExporter.of(driver, false).export(driver);
    FaultRule rule = FaultRule.each("driver", FaultPoint.ATTACH, FaultKind.HANG);
    try (Injection _ = framework.core().inject(rule)) {
      Threads.Running<Boolean> attach =
          Threads.start(
              () -> {
                assertErrno(Errno.ERESTARTSYS, () -> buffer.attach(DEVICE));
                return Thread.interrupted();
              });
      framework.clock().awaitScheduled(1);
      attach.thread().interrupt();
      assertThat(attach.join()).as("the flag stays set").isTrue();
    }
    buffer.close();
  }

  @Test
  void allocationsFail() {
    DmaBuf buffer = RecordingExporter.of(driver, false).export(driver);
    RecordingExporter late = RecordingExporter.of(driver, false);
    try (Injection _ = fail(FaultPoint.ALLOCATE, Errno.ENOMEM)) {
      assertErrno(Errno.ENOMEM, () -> driver.allocate(PAGE, driver.files().account()));
      // A driver reserves when it starts: that fails apart, so that buffers can fail while it runs.
      driver.reserve("cma", PAGE).close();
      assertErrno(Errno.ENOMEM, () -> driver.memoryFile("f", PAGE, driver.files().account()));
      assertErrno(Errno.ENOMEM, () -> driver.memfd(driver.files(), "f", PAGE, 0, true));
      user.allocate(PAGE, user.files().account()).close();
    }
    try (Injection _ = fail(FaultPoint.RESERVE, Errno.ENOMEM)) {
      assertErrno(Errno.ENOMEM, () -> driver.reserve("cma", PAGE));
      driver.allocate(PAGE, driver.files().account()).close();
    }
    try (Injection _ = fail(FaultPoint.EXPORT, Errno.ENOMEM)) {
      assertErrno(Errno.ENOMEM, () -> late.export(driver));
    }
    try (Injection _ = fail(FaultPoint.DESCRIPTOR, Errno.EMFILE)) {
      assertErrno(Errno.EMFILE, () -> driver.fd(buffer.get(), driver.files(), true));
      buffer.close();
    }
    try (Injection _ = fail(FaultPoint.FENCE_CONTEXT, Errno.ENOMEM)) {
      assertErrno(Errno.ENOMEM, () -> driver.fenceContext("driver", "line"));
      assertErrno(Errno.ENOMEM, () -> driver.timeline("line"));
    }
    FenceContext context = driver.fenceContext("driver", "line");
    try (Injection _ = fail(FaultPoint.FENCE, Errno.ENOMEM)) {
      assertErrno(Errno.ENOMEM, context::create);
      assertErrno(Errno.ENOMEM, () -> context.create(4));
    }
    assertThat(context.pending()).isZero();
    context.close();
    late.store.close();
    buffer.close();
  }

  @Test
  void completionsFailOrAreLost() {
    FenceContext context = driver.fenceContext("driver", "line");
    DmaFence failed = context.create();
    DmaFence lost = context.create();
    try (Injection _ = fail(FaultPoint.SIGNAL, Errno.ENODEV)) {
      assertThat(context.signal(failed)).isTrue();
    }
    assertThat(failed.error()).contains(Errno.ENODEV);
    FaultRule rule = FaultRule.each("driver", FaultPoint.SIGNAL, FaultKind.HANG);
    try (Injection _ = framework.core().inject(rule)) {
      assertThat(context.signal(lost)).as("as far as its producer sees").isTrue();
    }
    assertThat(lost.isSignaled()).isFalse();
    context.close();
    assertThat(lost.error()).as("a fence always completes").contains(Errno.ECANCELED);
  }

  @Test
  void hooksOfAProducerThrow() {
    FenceOps asked =
        new FenceOps() {
          @Override
          public boolean isSignaled(DmaFence fence) {
            return true;
          }
        };
    FenceContext context =
        driver.fenceContext(FenceContextInfo.of("driver", "line").withOps(asked));
    DmaFence fence = context.create();
    FaultRule rule = FaultRule.each("driver", FaultPoint.IS_SIGNALED, FaultKind.THROW);
    try (Injection injection = framework.core().inject(rule)) {
      assertThat(fence.isSignaled()).isFalse();
      assertThat(injection.struck()).isEqualTo(1);
    }
    assertThat(fence.isSignaled()).isTrue();
    context.close();
  }

  /** Which of so many calls of two bundles are struck, in order. */
  private List<Integer> struck(long seed) {
    List<Integer> struck = new ArrayList<>();
    FaultRule rule =
        new FaultRule(
            FaultRule.ANY,
            Set.of(FaultPoint.ALLOCATE),
            FaultKind.FAIL,
            Errno.ENOMEM,
            0.25,
            Duration.ZERO,
            seed);
    try (Injection injection = framework.core().inject(rule)) {
      for (int i = 0; i < 400; i++) {
        DmaBufRegistry who = i % 2 == 0 ? driver : user;
        try {
          who.allocate(PAGE, who.files().account()).close();
        } catch (DmaBufException failed) {
          struck.add(i);
        }
      }
      assertThat(injection.struck()).isEqualTo(struck.size());
    }
    return struck;
  }

  @Test
  void sameSeedStrikesTheSameCalls() {
    List<Integer> first = struck(42);
    assertThat(first).hasSizeBetween(60, 140);
    assertThat(struck(42)).isEqualTo(first);
    long before = user.injected();
    assertThat(before).isEqualTo(2L * first.size());
    List<Integer> other = struck(43);
    assertThat(other).isNotEqualTo(first);
    assertThat(user.injected()).isEqualTo(before + other.size());
    assertThat(first.stream().filter(i -> i % 2 == 0).map(i -> i / 2))
        .as("each bundle is drawn for by itself")
        .isNotEqualTo(first.stream().filter(i -> i % 2 == 1).map(i -> i / 2).toList());
  }

  @Test
  void ruleThatCannotBeIsRefused() {
    FaultRule rule = FaultRule.each("driver", FaultPoint.MAP, FaultKind.FAIL);
    assertErrno(Errno.EINVAL, () -> rule.withRate(1.5, 0));
    assertErrno(Errno.EINVAL, () -> rule.withRate(Double.NaN, 0));
    assertErrno(Errno.EINVAL, () -> rule.withDuration(Duration.ofNanos(-1)));
    assertThat(rule.toString()).contains("FAIL EIO", "MAP", "driver");
  }

  @Test
  void ruleHoldsForABundleThatComesLater() {
    FaultRule rule = FaultRule.each("later", FaultPoint.ALLOCATE, FaultKind.FAIL);
    Injection injection = framework.core().inject(rule);
    DmaBufRegistry later = framework.core().open("later", "later 2.0.0");
    assertErrno(Errno.EIO, () -> later.allocate(PAGE, later.files().account()));
    injection.close();
    later.allocate(PAGE, later.files().account()).close();
  }
}
