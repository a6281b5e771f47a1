package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TeardownTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry importerSide;
  private RecordingExporter.Full exporter;
  private DmaBuf own;

  @BeforeEach
  void open() {
    exporterSide = framework.open("exporter");
    importerSide = framework.open("importer");
    exporter = new RecordingExporter.Full(exporterSide, 8192);
    own = exporter.export(exporterSide);
  }

  @Test
  void importerThatLeftEverythingIsUndoneInOrderWithOneWarning() {
    DmaBuf theirs = importerSide.adopt(own).get();
    int fd = importerSide.fd(theirs.get(), importerSide.files(), true);
    assertThat(fd).isZero();
    Attachment attachment = theirs.attach(DEVICE);
    attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    theirs.attach(DmaDevice.named("dynamic"), moved -> {});
    CpuMapping mapping = theirs.mmap(0, 4096, true);
    theirs.resv().lock();
    theirs.vmap();
    theirs.vmap();
    FenceContext context = importerSide.fenceContext("driver", "line");
    DmaFence fence = context.create();
    theirs.resv().reserveFences(1);
    theirs.resv().addFence(fence, Usage.WRITE);
    theirs.resv().unlock();
    List<String> order = new ArrayList<>();
    FenceCallback watching =
        exporterSide.callback(done -> order.add(done.error() + " " + framework.holdings().files()));
    fence.addCallback(watching);
    BackingStore store = importerSide.allocate(1, importerSide.files().account());
    exporter.taken();

    framework.core().close(importerSide);
    framework.core().close(importerSide);

    assertThat(order).as("fences first").containsExactly("Optional[ECANCELED] 1");
    assertThat(mapping.segment().scope().isAlive()).isFalse();
    assertThat(exporter.taken())
        .containsExactlyInAnyOrder(
            "unmap(BIDIRECTIONAL)", "detach", "unmap(BIDIRECTIONAL)", "detach", "vunmap");
    assertThat(LogRecorder.lines())
        .singleElement()
        .asString()
        .startsWith("WARN importer stopped and left")
        .contains("1 fence contexts", "1 CPU mappings", "2 attachments", "1 files", "1 handles");
    assertThat(framework.holdings()).isEqualTo(new Holdings(1, 0, 0, 0, 0, 8192));
    assertErrno(Errno.EBADF, theirs::close);
    assertErrno(Errno.ENODEV, () -> store.table(true));
    assertThat(framework.reservations().lockAll(List.of(own.resv()), 0))
        .satisfies(set -> set.close());
    own.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  void clientThatGaveEverythingBackLeavesSilently() {
    importerSide.adopt(own).close();
    framework.core().close(importerSide);
    own.close();
    framework.core().close(exporterSide);
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @Test
  @Row("C4")
  void closedGateTakesNothingAndGivesBack() {
    DmaBuf theirs = importerSide.adopt(own);
    Attachment attachment = theirs.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    int fd = importerSide.fd(theirs.get(), importerSide.files(), true);
    framework.core().leave(importerSide);
    framework.core().leave(importerSide);
    RecordingExporter late = RecordingExporter.of(exporterSide, false);
    ExportInfo info = ExportInfo.of("late", 1, late, ExportPolicy.REVOKE);
    assertErrno(Errno.ENOENT, () -> importerSide.export(info));
    assertErrno(Errno.ENODEV, () -> importerSide.adopt(own));
    assertErrno(Errno.ENODEV, () -> importerSide.get(fd));
    assertErrno(Errno.ENODEV, () -> importerSide.fd(theirs, importerSide.files(), true));
    assertErrno(Errno.ENODEV, () -> importerSide.fenceContext("driver", "line"));
    assertErrno(Errno.ENODEV, () -> importerSide.callback(fence -> {}));
    assertErrno(Errno.ENODEV, () -> importerSide.allocate(1, importerSide.files().account()));
    assertErrno(Errno.ENODEV, () -> theirs.attach(DEVICE));
    assertErrno(Errno.ENODEV, () -> theirs.mmap(0, 1, true));
    assertErrno(Errno.ENODEV, () -> importerSide.openTable("program"));
    assertErrno(Errno.ENODEV, () -> importerSide.timeline("line"));
    assertThat(exporter.taken())
        .as("the exporter is not asked")
        .containsExactly("attach", "map(TO_DEVICE)");
    attachment.unmapUnlocked(table);
    attachment.detach();
    importerSide.files().close(fd);
    theirs.close();
    framework.core().close(importerSide);
    assertThat(LogRecorder.lines()).isEmpty();
    assertThat(late.taken()).as("release of an export that failed").isEmpty();
    late.store.close();
    own.close();
  }

  /** Whatever else is wrong with a call. */
  @Test
  @Row("C4")
  void stoppedClientIsToldThatItHasStopped() {
    DmaBuf closed = importerSide.adopt(own);
    closed.close();
    framework.core().leave(importerSide);
    assertErrno(Errno.ENODEV, () -> importerSide.adopt(closed));
    assertErrno(Errno.ENODEV, () -> importerSide.get(99));
    assertErrno(Errno.ENODEV, () -> importerSide.fd(null, importerSide.files(), true));
    own.close();
  }

  @Test
  @Row("C4")
  void givingBackAfterTheExporterHasGoneIsNoFailure() {
    DmaBuf theirs = importerSide.adopt(own);
    Attachment attachment = theirs.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    theirs.resv().lock();
    MemorySegment address = theirs.vmap();
    theirs.resv().unlock();
    theirs.beginCpuAccess(DmaDirection.FROM_DEVICE);
    PageMapping page = theirs.kmap(0);
    framework.core().close(exporterSide);
    exporter.taken();
    LogRecorder.clear();
    page.close();
    theirs.resv().lock();
    theirs.vunmap(address);
    theirs.resv().unlock();
    attachment.unmapUnlocked(table);
    attachment.detach();
    theirs.close();
    assertThat(LogRecorder.lines()).isEmpty();
    assertThat(exporter.taken()).as("a driver that has gone is not called").isEmpty();
  }

  @Test
  void callbacksOfAGoneBundleAreNeverCalledAndCollectable() {
    FenceContext theirs = exporterSide.fenceContext("driver", "theirs");
    FenceContext mine = importerSide.fenceContext("driver", "mine");
    List<DmaFence> told = new ArrayList<>();
    Consumer<DmaFence> target =
        new Consumer<>() {
          @Override
          public void accept(DmaFence done) {
            told.add(done);
          }
        };
    DmaFence pending = theirs.create();
    pending.addCallback(importerSide.callback(target));
    mine.create().addCallback(importerSide.callback(target));
    WeakReference<Object> gone = new WeakReference<>(target);
    target = null;
    framework.core().close(importerSide);
    Threads.awaitCollected(gone);
    theirs.signal(pending);
    assertThat(told).isEmpty();
    theirs.close();
    own.close();
  }

  @Test
  void importerOfALiveAttachmentIsNotToldAfterItsEnd() {
    List<Attachment> told = new ArrayList<>();
    ImporterOps ops =
        new ImporterOps() {
          @Override
          public void moveNotify(Attachment attachment) {
            told.add(attachment);
          }
        };
    importerSide.adopt(own).attach(DEVICE, ops);
    WeakReference<Object> gone = new WeakReference<>(ops);
    ops = null;
    framework.core().close(importerSide);
    own.resv().lock();
    own.moveNotify();
    own.resv().unlock();
    assertThat(told).isEmpty();
    Threads.awaitCollected(gone);
    own.close();
  }

  /** A file given to another client's table lives on with that client, not with who made it. */
  @Test
  void descriptorInAnotherTableOutlivesItsMaker() {
    DmaBuf theirs = importerSide.adopt(own);
    DmaBufRegistry third = framework.open("third");
    int fd = importerSide.fd(theirs, third.files(), false);
    framework.core().close(importerSide);
    own.close();
    DmaBuf got = third.get(fd);
    assertThat(got.size()).isEqualTo(8192);
    got.close();
    third.files().close(fd);
    assertThat(exporter.taken()).containsExactly("release");
    assertThat(LogRecorder.lines()).isEmpty();
  }
}
