package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A stop that happens inside a driver's call waited two seconds for itself, and with the
 * reservation held it could neither revoke nor detach: the driver went on being called after it had
 * gone. The clock of these tests stands still, so a wait would never end.
 */
class TeardownFromWithinACallTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  void exporterStoppedInItsOwnMapIsRevoked() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    DmaBufRegistry importerSide = framework.open("importer");
    RecordingExporter exporter =
        new RecordingExporter(exporterSide, 4096) {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            SgTable table = super.map(attachment, direction);
            framework.core().close(exporterSide);
            return table;
          }
        };
    DmaBuf theirs = importerSide.adopt(exporter.export(exporterSide));
    Attachment attachment = theirs.attach(DmaDevice.named("device"));
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertErrno(Errno.ENODEV, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    attachment.unmapUnlocked(table);
    attachment.detach();
    theirs.close();
    assertThat(exporter.taken()).containsExactly("attach", "map(TO_DEVICE)");
  }

  @Test
  void exporterStoppedInItsOwnReleaseOrAttachDoesNotWaitForItself() {
    for (String at : List.of("release", "attach")) {
      DmaBufRegistry exporterSide = framework.open("exporter");
      DmaBufRegistry importerSide = framework.open("importer");
      RecordingExporter exporter =
          new RecordingExporter(exporterSide, 4096) {
            @Override
            void called(String call, boolean expectHeld) {
              super.called(call, expectHeld);
              if (call.equals(at)) {
                framework.core().close(exporterSide);
              }
            }
          };
      DmaBuf own = exporter.export(exporterSide);
      DmaBuf theirs = importerSide.adopt(own);
      own.close();
      if (at.equals("attach")) {
        assertErrno(Errno.ENODEV, () -> theirs.attach(DmaDevice.named("device")));
      } else {
        theirs.attach(DmaDevice.named("device")).detach();
      }
      theirs.close();
      assertThat(exporter.calls).contains(at);
      assertThat(LogRecorder.lines()).noneMatch(line -> line.contains("still inside"));
      framework.core().close(importerSide);
    }
  }

  @Test
  void importerStoppedInItsMoveNotifyIsDetached() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    DmaBufRegistry importerSide = framework.open("importer");
    RecordingExporter exporter = RecordingExporter.of(exporterSide, true);
    DmaBuf own = exporter.export(exporterSide);
    Attachment attachment =
        importerSide
            .adopt(own)
            .attach(DmaDevice.named("device"), moved -> framework.core().close(importerSide));
    attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    own.resv().lock();
    own.moveNotify();
    own.resv().unlock();
    assertThat(framework.holdings().attachments()).isZero();
    assertThat(framework.holdings().mappings()).isZero();
    own.close();
    assertThat(exporter.taken()).endsWith("release");
  }

  @Test
  void driverMayCallTheRegistryFromItsOps() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    List<DmaBuf> nested = new ArrayList<>();
    RecordingExporter exporter =
        new RecordingExporter(exporterSide, 4096) {
          @Override
          public void attach(Attachment attachment) {
            RecordingExporter inner = RecordingExporter.of(exporterSide, false);
            DmaBuf handle = inner.export(exporterSide);
            handle.attach(DmaDevice.named("inner")).detach();
            nested.add(handle);
          }
        };
    DmaBuf own = exporter.export(exporterSide);
    own.attach(DmaDevice.named("outer")).detach();
    nested.forEach(DmaBuf::close);
    own.close();
    assertThat(framework.holdings().buffers()).isZero();
  }
}
