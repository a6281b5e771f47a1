package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An exporter that chooses the storage at the first map, knowing what all devices need. */
@Row({"A2", "C14"})
class LateAllocationTest {
  private static final int BYTES = 4 * RecordingExporter.PAGE;
  private static final DmaDevice ANY = DmaDevice.named("any");
  private static final DmaDevice CAMERA = DmaDevice.builder("camera").contiguous().build();

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private LateExporter exporter;
  private DmaBuf handle;

  /** Takes single pages that do not follow each other, unless a device needs one run. */
  private final class LateExporter implements DmaBufOps {
    private List<BackingStore> pages = List.of(); // guarded by the reservation; empty: not chosen
    private boolean contiguous;

    @Override
    public void attach(Attachment attachment) {
      attachment.resv().lock();
      try {
        if (!pages.isEmpty() && !contiguous && attachment.needsOfAll().contiguous()) {
          throw new DmaBufException(
              Errno.EBUSY, attachment.device() + " needs one run and the pages are scattered");
        }
      } finally {
        attachment.resv().unlock();
      }
    }

    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      if (pages.isEmpty()) {
        choose(attachment.needsOfAll());
      }
      List<SgTable> tables = new ArrayList<>();
      List<SgTable.Entry> entries = new ArrayList<>();
      for (BackingStore page : pages) {
        tables.add(page.table(direction.writes()));
        entries.addAll(tables.getLast().entries());
      }
      return SgTable.of(entries, () -> tables.forEach(SgTable::free));
    }

    private void choose(DmaConstraints needs) {
      contiguous = needs.contiguous();
      pages = new ArrayList<>();
      if (contiguous) {
        pages.add(registry.allocate(BYTES, registry.files().account()));
        return;
      }
      for (int i = 0; i < 4; i++) {
        pages.add(registry.allocate(RecordingExporter.PAGE, registry.files().account()));
      }
      pages = pages.reversed();
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      table.free();
    }

    @Override
    public void release() {
      pages.forEach(BackingStore::close);
    }
  }

  @BeforeEach
  void export() {
    registry = framework.open("client");
    exporter = new LateExporter();
    handle = registry.export(ExportInfo.of("late", BYTES, exporter, ExportPolicy.REVOKE));
  }

  private SgTable map(Attachment attachment) {
    return attachment.mapUnlocked(DmaDirection.TO_DEVICE);
  }

  @Test
  void nothingIsTakenBeforeTheFirstMap() {
    try (Attachment attachment = handle.attach(ANY)) {
      assertThat(framework.holdings().bytes()).isZero();
      SgTable table = map(attachment);
      assertThat(framework.holdings().bytes()).isEqualTo(BYTES);
      assertThat(table.contiguousSize()).isLessThan(BYTES);
    }
    handle.close();
  }

  @Test
  void oneDeviceThatNeedsARunIsEnoughForOne() {
    try (Attachment any = handle.attach(ANY);
        Attachment camera = handle.attach(CAMERA)) {
      assertThat(map(any).contiguousSize()).isEqualTo(BYTES);
      assertThat(map(camera).contiguousSize()).isEqualTo(BYTES);
    }
    handle.close();
  }

  @Test
  void deviceThatComesTooLateIsRefusedUnlessItCanTranslate() {
    DmaDevice behind =
        DmaDevice.builder("camera").contiguous().iommu(Iommu.of("smmu", 0, 1 << 20)).build();
    try (Attachment any = handle.attach(ANY)) {
      map(any);
      assertErrno(Errno.EBUSY, () -> handle.attach(CAMERA));
      try (Attachment camera = handle.attach(behind)) {
        assertThat(map(camera).contiguousSize()).isEqualTo(BYTES);
      }
    }
    handle.close();
  }

  @Test
  @Row("A3")
  void needsOfADeviceThatLeftCountNoMore() {
    handle.attach(CAMERA).detach();
    try (Attachment any = handle.attach(ANY)) {
      assertErrno(Errno.EINVAL, any::needsOfAll);
      assertThat(map(any).contiguousSize()).isLessThan(BYTES);
    }
    handle.close();
  }
}
