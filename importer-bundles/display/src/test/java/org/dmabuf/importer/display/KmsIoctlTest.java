package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.uapi.AtomicIoctl;
import org.dmabuf.display.uapi.KmsIoctl;
import org.dmabuf.display.uapi.KmsQuery;
import org.dmabuf.display.uapi.KmsQuery.PropertyInfo;
import org.dmabuf.display.uapi.ModeObjectType;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.sync.SwSyncIoctl;
import org.dmabuf.sync.SyncFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A display as programs have it: numbers, structures and errno. */
@Timeout(120)
final class KmsIoctlTest {
  private static final int NONBLOCK_EVENT = KmsIoctl.NONBLOCK | KmsIoctl.EVENT;

  private final KmsPrograms rig =
      new KmsPrograms(
          Map.of(
              "screens",
              new String[] {"64x32@100,128x64@59.94"},
              "overlays",
              1,
              "cursor",
              true,
              "writeback",
              true));
  private final FileTable files = rig.files;
  private final int card = rig.card;
  private int plane;

  @BeforeEach
  void show() {
    KmsIoctl.setClientCap(files, card, KmsIoctl.CAP_ATOMIC, 1);
    plane = KmsQuery.planes(files, card).getFirst();
    rig.set(rig.framebuffer(rig.painted(card, 0)));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldTellWhatThereIs() {
    assertThat(KmsQuery.resources(files, card).connectors()).hasSize(1);
    KmsIoctl.setClientCap(files, card, KmsIoctl.CAP_WRITEBACK, 1);
    List<Integer> connectors = KmsQuery.resources(files, card).connectors();
    assertThat(connectors).hasSize(2);
    assertThat(KmsQuery.connector(files, card, connectors.get(0)).modes())
        .extracting(Object::toString)
        .containsExactly("64x32 100.000 Hz", "128x64 59.940 Hz");
    assertThat(KmsQuery.connector(files, card, connectors.get(1)).isWriteback()).isTrue();
    assertThat(KmsQuery.planes(files, card)).hasSize(3);
    assertThat(KmsQuery.possibleCrtcs(files, card, plane)).isEqualTo(1);
    assertThat(plane("type").value()).isEqualTo(KmsQuery.PRIMARY);
    assertThat(plane("CRTC_W").value()).isEqualTo(64);
    assertThat(plane("SRC_H").value()).isEqualTo(32L << 16);
    assertThat(plane("alpha").value()).isEqualTo(0xffff);
    int second = vkmsOpen();
    assertThat(KmsQuery.planes(files, second)).as("one who knows of no others").hasSize(1);
  }

  @Test
  @Row({"F/2", "L/27"})
  void shouldNameWhatIsWrongWithACommitInLinuxsOrder() {
    int fb = framebuffer();
    int second = vkmsOpen();
    refuses(Errno.EACCES, () -> showing(fb).commit(files, second, -1, 0));
    refuses(Errno.EINVAL, () -> showing(9999).commit(files, card, 2, 0));
    int both = KmsIoctl.TEST_ONLY | KmsIoctl.EVENT;
    refuses(Errno.EINVAL, () -> showing(fb).commit(files, card, both, 0));
    refuses(Errno.ENOENT, () -> commit(new AtomicIoctl().set(9999, 1, 0)));
    refuses(Errno.ENOENT, () -> commit(new AtomicIoctl().set(plane, 9999, 0)));
    int active = of(ModeObjectType.CRTC, rig.crtc).get("ACTIVE").id();
    refuses(Errno.ENOENT, () -> commit(new AtomicIoctl().set(plane, active, 0)));
    refuses(Errno.EINVAL, () -> commit(new AtomicIoctl().set(rig.crtc, active, 2)));
    refuses(Errno.EINVAL, () -> commit(new AtomicIoctl().set(rig.crtc, active, 0)));
    refuses(Errno.EINVAL, () -> commit(showing(9999)));
    refuses(Errno.EINVAL, () -> commit(new AtomicIoctl().set(plane, plane("type").id(), 1)));
    int mode = of(ModeObjectType.CRTC, rig.crtc).get("MODE_ID").id();
    refuses(Errno.EINVAL, () -> commit(new AtomicIoctl().set(rig.crtc, mode, 9999)));
    refuses(Errno.ENOSPC, () -> commit(showing(fb).set(plane, plane("SRC_X").id(), 1)));
    refuses(Errno.ERANGE, () -> commit(showing(fb).set(plane, plane("CRTC_W").id(), 32)));
  }

  @Test
  @Row("F/2")
  void shouldNotCommitForAProgramThatDoesNotKnowHow() {
    KmsIoctl.setClientCap(files, card, KmsIoctl.CAP_ATOMIC, 0);
    refuses(Errno.EINVAL, () -> commit(showing(framebuffer())));
    refuses(Errno.EINVAL, () -> KmsIoctl.setClientCap(files, card, KmsIoctl.CAP_WRITEBACK, 1));
    refuses(Errno.EINVAL, () -> KmsIoctl.setClientCap(files, card, 99, 1));
  }

  @Test
  @Row("F/5")
  void shouldTakeAnInFenceThatIsOneAndForgetIt() {
    int timeline = SwSyncIoctl.open(rig.program, files, "t", 0);
    int fence = SwSyncIoctl.createFence(files, timeline, 1);
    int property = plane("IN_FENCE_FD").id();
    int fb = framebuffer();
    for (int wrong : new int[] {9999, card, timeline}) {
      refuses(Errno.EINVAL, () -> commit(showing(fb).set(plane, property, wrong)));
    }
    refuses(Errno.EINVAL, () -> commit(showing(fb).set(plane, property, -2)));
    refuses(
        Errno.EINVAL,
        () -> commit(showing(fb).set(plane, property, fence).set(plane, property, fence)));
    commit(showing(fb).set(plane, property, -1));
    rig.vblank();
    commit(showing(fb).set(plane, property, fence));
    assertThat(plane("IN_FENCE_FD").value()).isEqualTo(-1);
    assertThat(plane("FB_ID").value()).as("the state is that of the commit").isEqualTo(fb);
    rig.vblank();
    assertThat(KmsIoctl.readEvents(files, card)).hasSize(1);
    SwSyncIoctl.increment(files, timeline, 1);
    rig.vblank();
    assertThat(KmsIoctl.readEvents(files, card))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.isFlip()).isTrue();
              assertThat(event.userData()).isEqualTo(42);
              assertThat(event.crtc()).isEqualTo(rig.crtc);
            });
  }

  @Test
  @Row("F/6")
  void shouldGiveAnOutFenceOrSayThatThereIsNone() {
    int property = of(ModeObjectType.CRTC, rig.crtc).get("OUT_FENCE_PTR").id();
    int fb = framebuffer();
    AtomicIoctl made = showing(fb).askFence(rig.crtc, property);
    commit(made);
    int fence = made.fence(rig.crtc, property).orElseThrow();
    assertThat(files.isCloseOnExec(fence)).isTrue();
    assertThat(files.poll(fence, PollEvents.POLLIN)).isZero();

    AtomicIoctl busy = showing(fb).askFence(rig.crtc, property);
    refuses(Errno.EBUSY, () -> commit(busy));
    assertThat(busy.fence(rig.crtc, property)).isEqualTo(OptionalInt.empty());
    AtomicIoctl tested = showing(fb).askFence(rig.crtc, property);
    tested.commit(files, card, KmsIoctl.TEST_ONLY, 0);
    assertThat(tested.fence(rig.crtc, property)).isEqualTo(OptionalInt.empty());
    rig.vblank();
    assertThat(files.poll(fence, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
    assertThat(SyncFile.fenceOf(files, fence).orElseThrow().status()).isEqualTo(1);
    refuses(Errno.EFAULT, () -> commit(showing(fb).set(rig.crtc, property, 1L << 40)));
    commit(showing(fb).set(rig.crtc, property, 0));
  }

  @Test
  void shouldWakeWhoPollsForEvents() {
    assertThat(files.poll(card, PollEvents.POLLIN)).isZero();
    refuses(Errno.EAGAIN, () -> files.read(card, MemorySegment.ofArray(new byte[64])));
    KmsIoctl.pageFlip(files, card, rig.crtc, framebuffer(), KmsIoctl.EVENT, 7);
    rig.vblank();
    assertThat(files.poll(card, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
    assertThat(files.read(card, MemorySegment.ofArray(new byte[31]))).as("no room").isZero();
    assertThat(files.read(card, MemorySegment.ofArray(new byte[64]))).isEqualTo(32);
    assertThat(files.poll(card, PollEvents.POLLIN)).isZero();
  }

  @Test
  void shouldReadBackWhatAPlaneIsSetTo() {
    for (Map.Entry<String, Integer> set :
        Map.of(
                "alpha", 0x1234,
                "pixel blend mode", 1,
                "zpos", 9,
                "COLOR_ENCODING", 2,
                "COLOR_RANGE", 1,
                "SCALING_FILTER", 1,
                "rotation", 1 << 1 | 1 << 4,
                "CRTC_X", -5)
            .entrySet()) {
      new AtomicIoctl()
          .set(plane, plane(set.getKey()).id(), set.getValue())
          .commit(files, card, KmsIoctl.NONBLOCK, 0);
      rig.vblank();
      assertThat(plane(set.getKey()).value())
          .as(set.getKey())
          .isEqualTo(set.getValue().longValue());
    }
    refuses(Errno.EINVAL, () -> commit(new AtomicIoctl().set(plane, plane("rotation").id(), 3)));
    refuses(Errno.EINVAL, () -> commit(new AtomicIoctl().set(plane, plane("COLOR_RANGE").id(), 2)));
  }

  @Test
  void shouldKeepAModeThoughItsBlobIsDestroyed() {
    int blob = AtomicIoctl.createMode(files, card, new org.dmabuf.display.Mode(128, 64, 59_940));
    int second = vkmsOpen();
    refuses(Errno.EPERM, () -> AtomicIoctl.destroyBlob(files, second, blob));
    int mode = of(ModeObjectType.CRTC, rig.crtc).get("MODE_ID").id();
    AtomicIoctl larger =
        new AtomicIoctl()
            .set(rig.crtc, mode, blob)
            .set(plane, plane("FB_ID").id(), 0)
            .set(plane, plane("CRTC_ID").id(), 0);
    refuses(Errno.EINVAL, () -> larger.commit(files, card, 0, 0));
    larger.commit(files, card, KmsIoctl.ALLOW_MODESET, 0);
    assertThat(of(ModeObjectType.CRTC, rig.crtc).get("MODE_ID").value()).isEqualTo(blob);
    AtomicIoctl.destroyBlob(files, card, blob);
    refuses(Errno.ENOENT, () -> AtomicIoctl.destroyBlob(files, card, blob));
    rig.clock.advance(16_683_350);
    assertThat(KmsIoctl.readEvents(files, card)).isEmpty();
  }

  @Test
  @Row("F/1")
  void shouldTellModifiersApartFromTheirFlag() {
    int request = KmsIoctl.ADDFB2;
    MemorySegment memory = MemorySegment.ofArray(new byte[Ioctl.bytes(request)]);
    refuses(Errno.EINVAL, () -> files.ioctl(card, request, memory));
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 72, 1);
    refuses(Errno.EINVAL, () -> files.ioctl(card, request, memory));
  }

  @Test
  @Row("F/1")
  void shouldTellAnyFileOfAFramebufferAndGiveTheMasterItsBuffer() {
    int fb = framebuffer();
    int second = vkmsOpen();
    assertThat(KmsQuery.framebuffer(files, second, fb))
        .isEqualTo(new KmsQuery.FramebufferInfo(64, 32, KmsPrograms.XR24, 256, 0));
    int handle = KmsQuery.framebuffer(files, card, fb).handle();
    int again = rig.framebuffer(handle);
    assertThat(again).isNotEqualTo(fb);
    KmsIoctl.closeFb(files, card, fb);
    refuses(Errno.ENOENT, () -> KmsQuery.framebuffer(files, card, fb));
    KmsIoctl.pageFlip(files, card, rig.crtc, again, 0, 0);
    rig.vblank();
    assertThat(plane("FB_ID").value()).isEqualTo(again);
  }

  @Test
  void shouldHaveNoScreenOnOtherNodes() {
    refuses(Errno.EOPNOTSUPP, () -> KmsQuery.resources(files, rig.other));
    int render = rig.vgem.renderNode("renderD128").open(files, OpenFlags.O_RDWR);
    refuses(Errno.EACCES, () -> KmsQuery.resources(files, render));
  }

  @Test
  void shouldAnswerNothingWhenItHasGone() {
    rig.vkms.stop();
    refuses(Errno.ENODEV, () -> KmsQuery.resources(files, card));
    refuses(Errno.ENODEV, () -> KmsIoctl.waitVblank(files, card, 0));
  }

  private void commit(AtomicIoctl commit) {
    commit.commit(files, card, NONBLOCK_EVENT, 42);
  }

  private AtomicIoctl showing(int fb) {
    return new AtomicIoctl().set(plane, plane("FB_ID").id(), fb);
  }

  private int framebuffer() {
    return rig.framebuffer(rig.painted(card, 0xff123456));
  }

  private int vkmsOpen() {
    return rig.vkms.open(files, OpenFlags.O_RDWR);
  }

  private PropertyInfo plane(String name) {
    return of(ModeObjectType.PLANE, plane).get(name);
  }

  private Map<String, PropertyInfo> of(ModeObjectType type, int object) {
    return KmsQuery.properties(files, card, type, object);
  }

  private static void refuses(Errno errno, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(errno));
  }
}
