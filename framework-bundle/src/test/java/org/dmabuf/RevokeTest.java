package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An exporter that takes its storage back while others use it. */
@Row("N7")
class RevokeTest {
  private static final DmaDevice DEVICE = DmaDevice.named("camera");
  private static final Duration SECOND = Duration.ofSeconds(1);

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry importerSide;
  private RecordingExporter exporter;
  private DmaBuf own;
  private DmaBuf theirs;

  /** Stops its device and unmaps when it is told to. */
  private static final class Obedient implements ImporterOps {
    SgTable mapped;
    int told;

    @Override
    public void moveNotify(Attachment attachment) {
      told++;
      if (mapped != null) {
        attachment.unmap(mapped);
        mapped = null;
      }
    }

    @Override
    public boolean isRevocable() {
      return true;
    }
  }

  @BeforeEach
  void open() {
    exporterSide = framework.open("exporter");
    importerSide = framework.open("importer");
  }

  private void export(RecordingExporter made) {
    exporter = made;
    own = made.export(exporterSide);
    theirs = importerSide.adopt(own);
  }

  private void close() {
    theirs.close();
    own.close();
    assertThat(exporter.taken()).endsWith("release");
  }

  @Test
  void importerThatUnmapsWhenToldLosesTheStorageAtOnce() {
    export(RecordingExporter.of(exporterSide, true));
    Obedient importer = new Obedient();
    Attachment attachment = theirs.attach(DEVICE, importer);
    importer.mapped = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    exporter.taken();

    assertThat(own.revoke(SECOND)).isTrue();

    assertThat(importer.told).isEqualTo(1);
    assertThat(exporter.taken()).containsExactly("unmap(FROM_DEVICE)");
    assertThat(importerSide.buffers().getFirst().state()).isEqualTo("WITHDRAWN");
    assertErrno(Errno.ENODEV, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    assertErrno(Errno.ENODEV, () -> theirs.attach(DEVICE));
    assertErrno(Errno.ENODEV, () -> theirs.beginCpuAccess(DmaDirection.TO_DEVICE));
    assertErrno(Errno.ENODEV, () -> theirs.mmap(0, 1, false));
    int fd = importerSide.fd(theirs.get(), importerSide.files(), true);
    assertErrno(
        Errno.ENODEV,
        () -> importerSide.files().mmap(fd, 4096, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED));
    importerSide.files().close(fd);
    theirs.resv().lock();
    assertErrno(Errno.ENODEV, () -> theirs.vmap());
    assertErrno(Errno.ENODEV, attachment::pin);
    theirs.resv().unlock();
    assertThat(own.revoke(SECOND)).as("again").isTrue();
    assertThat(importer.told).as("told once").isEqualTo(1);
    assertThat(exporter.taken()).as("nothing reaches the driver").isEmpty();
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("detach");
    close();
  }

  @Test
  void whoStillMapsAfterTheBoundIsNamedAndKeepsItsMapping() throws Exception {
    export(RecordingExporter.of(exporterSide, false));
    Attachment stubborn = theirs.attach(DEVICE);
    SgTable mapped = stubborn.mapUnlocked(DmaDirection.FROM_DEVICE);
    Attachment idle = theirs.attach(DmaDevice.named("display"));
    exporter.taken();
    Threads.Running<Boolean> revoking = Threads.start(() -> own.revoke(SECOND));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(SECOND.toNanos());
    assertThat(revoking.join()).isFalse();
    assertThat(LogRecorder.lines())
        .anyMatch(line -> line.startsWith("WARN") && line.contains("[camera by importer]"));
    idle.detach();
    assertThat(exporter.taken()).containsExactly("detach");
    mapped.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    stubborn.unmapUnlocked(mapped);
    assertThat(exporter.taken()).containsExactly("unmap(FROM_DEVICE)");
    assertThat(own.revoke(Duration.ZERO)).isTrue();
    stubborn.detach();
    close();
  }

  @Test
  void revokeWaitsForTheLastUnmapOfADevice() throws Exception {
    export(RecordingExporter.of(exporterSide, false));
    Attachment attachment = theirs.attach(DEVICE);
    SgTable mapped = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    Threads.Running<Boolean> revoking = Threads.start(() -> own.revoke(SECOND));
    framework.clock().awaitScheduled(1);
    revoking.awaitBlocked();
    attachment.unmapUnlocked(mapped);
    assertThat(revoking.join()).isTrue();
    attachment.detach();
    close();
  }

  @Test
  void fencesOfAllUsesAreWaitedForInterruptibly() throws Exception {
    export(RecordingExporter.of(exporterSide, true));
    FenceContext context = importerSide.fenceContext("camera", "frames");
    DmaFence busy = context.create();
    own.resv().lock();
    own.resv().reserveFences(1);
    own.resv().addFence(busy, Usage.BOOKKEEP);
    own.resv().unlock();
    Threads.Running<Object> interrupted =
        Threads.start(
            () -> {
              assertErrno(Errno.ERESTARTSYS, () -> own.revoke(SECOND));
              return null;
            });
    interrupted.awaitBlocked();
    interrupted.thread().interrupt();
    interrupted.join();
    assertThat(own.resv().isLocked()).isFalse();
    assertErrno(Errno.ENODEV, () -> theirs.attach(DEVICE));
    Threads.Running<Boolean> waiting = Threads.start(() -> own.revoke(SECOND));
    waiting.awaitBlocked();
    context.signal(busy);
    assertThat(waiting.join()).isTrue();
    context.close();
    close();
  }

  @Test
  void exporterMayInsistOnImportersThatCanBeRevoked() {
    List<Boolean> asked = new ArrayList<>();
    export(
        new RecordingExporter(exporterSide, 4096) {
          @Override
          public void attach(Attachment attachment) {
            asked.add(attachment.isRevocable());
            attachment.requireRevocable();
          }
        });
    assertErrno(Errno.EOPNOTSUPP, () -> theirs.attach(DEVICE));
    assertErrno(Errno.EOPNOTSUPP, () -> theirs.attach(DEVICE, moved -> {}));
    try (Attachment obedient = theirs.attach(DEVICE, new Obedient())) {
      assertThat(obedient.isRevocable()).isTrue();
    }
    assertThat(asked).containsExactly(false, false, true);
    close();
  }

  @Test
  void onlyTheExporterRevokes() {
    export(RecordingExporter.of(exporterSide, false));
    assertErrno(Errno.EPERM, () -> theirs.revoke(SECOND));
    assertErrno(Errno.EINVAL, () -> own.revoke(Duration.ofNanos(-1)));
    own.resv().lock();
    assertErrno(Errno.EALREADY, () -> own.revoke(SECOND));
    own.resv().unlock();
    theirs.attach(DEVICE).detach();
    assertThat(own.revoke(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
    close();
    assertErrno(Errno.EBADF, () -> own.revoke(SECOND));
  }

  @Test
  void bufferThatWasTakenBackIsNotAdoptedWhenItsExporterLeaves() {
    exporter = new RecordingExporter.Full(exporterSide, 8192);
    own = exporter.export(exporterSide, ExportPolicy.ADOPT, false);
    theirs = importerSide.adopt(own);
    List<String> states = new ArrayList<>();
    own.revoke(Duration.ZERO);
    framework.core().close(exporterSide);
    states.add(importerSide.buffers().getFirst().state());
    assertThat(states).containsExactly("REVOKED");
    assertThat(exporter.taken()).isEmpty();
    theirs.close();
  }
}
