package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.FrameView;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Storage that moves while devices have it mapped. */
@Row("P2")
class MoveTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private Mover mover;
  private DmaBuf handle;

  /** Has its storage in one of two places, and moves it unless it is pinned. */
  private final class Mover implements DmaBufOps, DmaBufOps.Pinnable {
    private BackingStore place = registry.allocate(4096, registry.files().account());
    private int pins;

    void move() {
      if (pins > 0) {
        throw new DmaBufException(Errno.EBUSY, "Pinned " + pins + " times");
      }
      BackingStore next = registry.allocate(4096, registry.files().account());
      SgTable from = place.table(false);
      SgTable to = next.table(true);
      FrameView source = new FrameView(from.segments(), registry.meter());
      FrameView target = new FrameView(to.segments(), registry.meter());
      FrameView.move(source, 0, target, 0, 4096);
      from.free();
      to.free();
      place.close();
      place = next;
      handle.moveNotify();
    }

    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      return place.table(direction.writes());
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      table.free();
    }

    @Override
    public void pin(Attachment attachment) {
      pins++;
    }

    @Override
    public void unpin(Attachment attachment) {
      pins--;
    }

    @Override
    public void release() {
      place.close();
    }
  }

  @BeforeEach
  void export() {
    registry = framework.open("client");
    mover = new Mover();
    handle = registry.export(ExportInfo.of("mover", 4096, mover, ExportPolicy.REVOKE));
  }

  private void move() {
    handle.resv().lock();
    try {
      mover.move();
    } finally {
      handle.resv().unlock();
    }
  }

  private static byte first(SgTable table) {
    return table.segments().getFirst().get(ValueLayout.JAVA_BYTE, 0);
  }

  @Test
  void mappingsStayValidAndNewOnesSeeTheNewPlace() {
    List<Attachment> told = new ArrayList<>();
    try (Attachment one = handle.attach(DEVICE, told::add);
        Attachment other = handle.attach(DEVICE, told::add)) {
      SgTable before = one.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      SgTable held = other.mapUnlocked(DmaDirection.TO_DEVICE);
      before.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 5);
      move();
      assertThat(told).containsExactly(one, other);
      SgTable after = one.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      assertThat(after.ranges()).isNotEqualTo(before.ranges());
      after.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 6);
      assertThat(first(held)).as("still the old place, still there").isEqualTo((byte) 5);
      assertThat(framework.holdings().bytes()).isEqualTo(8192);
      one.unmapUnlocked(before);
      other.unmapUnlocked(held);
      assertThat(framework.holdings().bytes()).as("the old place is free").isEqualTo(4096);
      assertThat(first(other.mapUnlocked(DmaDirection.TO_DEVICE))).isEqualTo((byte) 6);
    }
    handle.close();
  }

  @Test
  @Row({"P1", "A5"})
  void pinnedStorageStays() {
    Attachment fixed = handle.attach(DEVICE);
    assertErrno(Errno.EBUSY, this::move);
    fixed.detach();
    move();
    try (Attachment scanout = handle.attach(DEVICE, moved -> {})) {
      handle.resv().lock();
      scanout.pin();
      handle.resv().unlock();
      assertErrno(Errno.EBUSY, this::move);
    }
    move();
    handle.close();
  }

  @Test
  @Row("N1")
  void importerMayMapAnewRightThereWhenItIsTold() {
    List<SgTable> tables = new ArrayList<>();
    Attachment attachment =
        handle.attach(
            DEVICE,
            moved -> {
              moved.unmap(tables.removeFirst());
              tables.add(moved.map(DmaDirection.TO_DEVICE));
            });
    tables.add(attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    move();
    assertThat(framework.holdings().bytes()).isEqualTo(4096);
    assertThat(framework.holdings().mappings()).isEqualTo(1);
    attachment.detach();
    handle.close();
  }
}
