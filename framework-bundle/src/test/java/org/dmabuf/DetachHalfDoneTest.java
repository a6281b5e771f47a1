package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An exporter whose unmap or unpin threw stopped a detach halfway: the attachment was gone for its
 * importer, but listed, and held the buffer for ever. An attach with the reservation held, or by an
 * importer that threw, told the exporter of a device that never came to be.
 */
class DetachHalfDoneTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  @Row("A7")
  void exporterThatThrowsDoesNotStopADetach() {
    DmaBufRegistry registry = framework.open("exporter");
    RecordingExporter exporter = RecordingExporter.of(registry, true);
    DmaBuf own = exporter.export(registry);
    Attachment attachment = own.attach(DmaDevice.named("device"));
    exporter.failing.addAll(List.of("unmap", "unpin", "detach"));
    exporter.failure = () -> new IllegalStateException("planted");
    exporter.taken();
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("unmap(BIDIRECTIONAL)", "unpin", "detach");
    assertThat(framework.holdings().attachments()).isZero();
    assertThat(framework.holdings().mappings()).isZero();
    own.close();
    assertThat(exporter.taken()).containsExactly("release");
    assertThat(framework.holdings().bytes()).isZero();
  }

  @Test
  @Row("N1")
  void attachWithTheReservationHeldIsRefusedBeforeTheExporterHearsOfIt() {
    DmaBufRegistry registry = framework.open("exporter");
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf own = exporter.export(registry);
    own.resv().lock();
    assertErrno(Errno.EALREADY, () -> own.attach(DmaDevice.named("device")));
    own.resv().unlock();
    assertThat(exporter.taken()).isEmpty();
    own.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  void importerThatThrowsInItsAttachLeavesNoReference() {
    DmaBufRegistry registry = framework.open("exporter");
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf own = exporter.export(registry);
    ImporterOps broken =
        new ImporterOps() {
          @Override
          public void moveNotify(Attachment attachment) {
            throw new IllegalStateException("not attached");
          }

          @Override
          public boolean allowPeerToPeer() {
            throw new IllegalStateException("planted");
          }
        };
    org.assertj.core.api.Assertions.assertThatIllegalStateException()
        .isThrownBy(() -> own.attach(DmaDevice.named("device"), broken));
    own.close();
    assertThat(exporter.taken()).containsExactly("release");
  }
}
