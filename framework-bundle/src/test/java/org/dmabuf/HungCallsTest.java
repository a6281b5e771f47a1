package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.fault.Injection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceOps;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Each call into a driver hangs in turn while its bundle stops. The stop ends, by the product's
 * clock; who called gets an answer; and the log says which driver and which call.
 */
@Timeout(120)
class HungCallsTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");
  private static final int PAGE = RecordingExporter.PAGE;

  /** Longer than the clock can be turned to in a test, however slow the stop's thread is. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry importerSide;

  @BeforeEach
  void open() {
    exporterSide = framework.open("the-exporter");
    importerSide = framework.open("the-importer");
  }

  private static boolean isImporters(FaultPoint point) {
    return point == FaultPoint.MOVE_NOTIFY;
  }

  /** Makes the call, on whose way nothing else hangs. */
  private void call(FaultPoint point, DmaBuf own, DmaBuf theirs) {
    switch (point) {
      case ATTACH, DETACH, PIN, UNPIN -> theirs.attach(DEVICE).detach();
      case MAP, UNMAP -> {
        Attachment attachment = theirs.attach(DEVICE);
        attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.TO_DEVICE));
      }
      case BEGIN_CPU_ACCESS -> theirs.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
      case END_CPU_ACCESS -> {
        theirs.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
        theirs.endCpuAccess(DmaDirection.BIDIRECTIONAL);
      }
      case MMAP -> theirs.mmap(0, PAGE, true);
      case KMAP, KUNMAP -> {
        theirs.beginCpuAccess(DmaDirection.BIDIRECTIONAL);
        theirs.kmap(0).close();
      }
      case VMAP, VUNMAP -> {
        theirs.resv().lock();
        try {
          theirs.vunmap(theirs.vmap());
        } finally {
          theirs.resv().unlock();
        }
      }
      case RELEASE -> {
        own.close();
        theirs.close();
      }
      case MOVE_NOTIFY -> {
        theirs.attach(DEVICE, moved -> {});
        own.resv().lock();
        try {
          own.moveNotify();
        } finally {
          own.resv().unlock();
        }
      }
      case IS_SIGNALED -> fence().isSignaled();
      case ENABLE_SIGNALING -> fence().enableSignaling();
      case SET_DEADLINE -> fence().setDeadline(1);
      default -> throw new AssertionError(point + " is no call into a driver");
    }
  }

  /** Returns a fence whose producer has hooks. */
  private DmaFence fence() {
    FenceOps hooks =
        new FenceOps() {
          @Override
          public boolean isSignaled(DmaFence fence) {
            return false;
          }
        };
    return exporterSide
        .fenceContext(FenceContextInfo.of("the-exporter", "line").withOps(hooks))
        .create();
  }

  /** How messages call it. */
  private static String name(FaultPoint point) {
    return switch (point) {
      case ATTACH -> "Attach of device";
      case DETACH -> "Detach of device";
      case MAP -> "Map for device";
      case UNMAP -> "Unmap for device";
      case PIN -> "Pin for device";
      case UNPIN -> "Unpin for device";
      case BEGIN_CPU_ACCESS -> "Begin of CPU access";
      case END_CPU_ACCESS -> "End of CPU access";
      case MMAP -> "mmap";
      case KMAP -> "kmap";
      case KUNMAP -> "kunmap";
      case VMAP -> "vmap";
      case VUNMAP -> "vunmap";
      case RELEASE -> "release";
      case MOVE_NOTIFY -> "Move notify";
      case ENABLE_SIGNALING -> "enableSignaling";
      case IS_SIGNALED -> "isSignaled";
      case SET_DEADLINE -> "setDeadline";
      default -> throw new AssertionError(point + " is no call into a driver");
    };
  }

  @ParameterizedTest
  @EnumSource(
      value = FaultPoint.class,
      mode = Mode.EXCLUDE,
      names = {
        // made by the stop itself, or by the driver's own thread, or no call into a driver
        "HAND_OVER",
        "IMPORTER_ASKED",
        "SIGNAL",
        "ALLOCATE",
        "RESERVE",
        "EXPORT",
        "FENCE_CONTEXT",
        "FENCE",
        "DESCRIPTOR"
      })
  void stopEndsAndSaysWhichCallOfWhomHangs(FaultPoint point) throws Exception {
    boolean moves =
        point == FaultPoint.PIN || point == FaultPoint.UNPIN || point == FaultPoint.MOVE_NOTIFY;
    RecordingExporter exporter =
        moves
            ? RecordingExporter.of(exporterSide, true)
            : new RecordingExporter.Full(exporterSide, 2L * PAGE);
    DmaBuf own = exporter.export(exporterSide);
    DmaBuf theirs = importerSide.adopt(own);
    DmaBufRegistry leaving = isImporters(point) ? importerSide : exporterSide;
    try (Injection injection =
        framework
            .core()
            .inject(FaultRule.each(FaultRule.ANY, point, FaultKind.HANG).withDuration(FOR_EVER))) {
      Threads.Running<Object> caller =
          Threads.start(
              () -> {
                try {
                  call(point, own, theirs);
                } catch (DmaBufException interrupted) {
                  assertThat(interrupted.errno()).isEqualTo(Errno.ERESTARTSYS);
                }
                return null;
              });
      while (injection.struck() == 0 && !caller.task().isDone()) {
        Thread.onSpinWait();
      }
      framework.turnUntil(
          Threads.start(
              () -> {
                framework.core().close(leaving);
                return null;
              }));
      caller.join();
      assertThat(injection.struck()).isEqualTo(1);
    }
    String driver = isImporters(point) ? "the-importer" : "the-exporter";
    assertThat(LogRecorder.lines())
        .as("what is said of the hang")
        .anyMatch(
            line ->
                !line.contains("Injected")
                    && line.contains(driver)
                    && line.contains("'" + name(point)));
  }
}
