package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A handle closed with a vmap left kept the mapping and its pages for ever; an exporter whose
 * vunmap threw left the handle's count too high, so that its end took another client's vmap away;
 * and a client without any could give another's back.
 */
class VmapLeftBehindTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  @Row("U5")
  void lastCloseGivesTheVmapsOfThatHandleBackAndNoOthers() {
    DmaBufRegistry registry = framework.open("exporter");
    DmaBufRegistry importer = framework.open("importer");
    RecordingExporter.Full exporter = new RecordingExporter.Full(registry, 8192);
    DmaBuf own = exporter.export(registry);
    DmaBuf theirs = importer.adopt(own);
    own.resv().lock();
    MemorySegment address = own.vmap();
    assertErrno(Errno.EINVAL, () -> theirs.vunmap(address));
    theirs.vmap();
    theirs.vmap();
    own.resv().unlock();
    theirs.close();
    assertThat(framework.holdings().mappings()).isEqualTo(1);
    assertThat(exporter.taken()).containsExactly("vmap");
    own.close();
    assertThat(exporter.taken()).containsExactly("vunmap", "release");
    assertThat(address.scope().isAlive()).isFalse();
    assertThat(framework.holdings().bytes()).isZero();
  }

  @Test
  @Row("U5")
  void vunmapThatThrowsIsDoneAllTheSame() {
    DmaBufRegistry registry = framework.open("exporter");
    DmaBufRegistry importer = framework.open("importer");
    RecordingExporter.Full exporter = new RecordingExporter.Full(registry, 8192);
    DmaBuf own = exporter.export(registry);
    DmaBuf theirs = importer.adopt(own);
    exporter.failing.add("vunmap");
    exporter.failure = () -> new IllegalStateException("planted");
    own.resv().lock();
    theirs.vunmap(theirs.vmap());
    assertThat(framework.holdings().mappings()).isZero();
    MemorySegment mine = own.vmap();
    own.resv().unlock();
    framework.core().close(importer);
    assertThat(mine.scope().isAlive()).as("not theirs to drop").isTrue();
    own.resv().lock();
    own.vunmap(mine);
    own.resv().unlock();
    own.close();
    assertThat(LogRecorder.lines()).anyMatch(line -> line.contains("planted"));
  }
}
