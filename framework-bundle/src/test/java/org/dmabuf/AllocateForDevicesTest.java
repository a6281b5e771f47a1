package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.negotiation.Placement;
import org.dmabuf.negotiation.SizeLimits;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client asks for a buffer that suits its devices, and exporters come, fail and go. */
class AllocateForDevicesTest {
  private static final BufferRequest FRAME = BufferRequest.frame(64, 48, PixelFormat.GREY);
  private static final Importer CAMERA = ImporterNeeds.of(DmaDevice.named("camera"));

  @RegisterExtension final Framework framework = new Framework();
  private final List<BufferSpec> asked = new ArrayList<>();
  private DmaBufRegistry driver;
  private DmaBufRegistry user;

  @BeforeEach
  void open() {
    driver = framework.open("driver");
    user = framework.open("user");
  }

  private Listing offer(String name, int cost, BufferExporter exporter) {
    return framework
        .core()
        .catalog()
        .add(ExporterOffer.of(name, Placement.ofPages("pages", cost)), exporter);
  }

  private DmaBuf export(long bytes, FileTable caller) {
    BackingStore store = driver.allocate(bytes, caller.account());
    try {
      return driver.export(
          ExportInfo.of("pages", store.size(), new StoreOps(store), ExportPolicy.REVOKE));
    } catch (DmaBufException refused) {
      store.close();
      throw refused;
    }
  }

  private DmaBuf pages(BufferSpec spec, FileTable caller) {
    asked.add(spec);
    return export(spec.bytes(), caller);
  }

  private static DmaBuf fail(Errno errno) {
    throw new DmaBufException(errno, "planted");
  }

  @Test
  @Row("N15")
  void shouldGiveTheCallersOwnHandleChargedToIt() {
    offer("system", 0, this::pages);
    try (NegotiatedBuffer made = user.allocate(FRAME, CAMERA)) {
      assertThat(made.buffer().size()).isEqualTo(4096);
      assertThat(made.candidate().layout().orElseThrow().size()).isEqualTo(64 * 48);
      assertThat(made.failures()).isEmpty();
      assertThat(made.sentence()).isEqualTo("R8 LINEAR by system");
      assertThat(user.files().account().used()).isEqualTo(4096);
      assertThat(framework.holdings().buffers()).isEqualTo(1);
      int fd = user.fd(made.buffer().get(), user.files(), true);
      user.files().close(fd);
    }
    assertThat(framework.holdings().buffers()).isZero();
    assertThat(asked.getFirst().placement()).isEqualTo("pages");
    assertThat(asked.getFirst().memory()).isEqualTo(DmaConstraints.NONE);
  }

  @Test
  void shouldAskTheNextWhenOneFailsAndTellIt() {
    offer("first", 0, (spec, caller) -> fail(Errno.ENOMEM));
    offer(
        "second",
        1,
        (spec, caller) -> {
          throw new IllegalStateException("a mistake");
        });
    offer("third", 2, (spec, caller) -> null);
    offer("fourth", 3, this::pages);
    try (NegotiatedBuffer made = user.allocate(FRAME, CAMERA)) {
      assertThat(made.candidate().place()).isEqualTo("fourth");
      assertThat(made.sentence())
          .isEqualTo(
              "R8 LINEAR by fourth, after first failed with ENOMEM: planted; second failed with"
                  + " EIO: Exporter second threw java.lang.IllegalStateException: a mistake; third"
                  + " failed with ENOMEM: Exporter third gave no buffer");
    }
  }

  @Test
  void shouldSayOfEachHowItFailedWhenAllDo() {
    offer("first", 0, (spec, caller) -> fail(Errno.ENOMEM));
    offer("second", 1, (spec, caller) -> fail(Errno.ENOSPC));
    assertThatThrownBy(() -> user.allocate(FRAME, CAMERA))
        .hasMessageStartingWith("ENOSPC: ")
        .hasMessageContaining("R8 of 64x48 for camera")
        .hasMessageContaining("first failed with ENOMEM: planted; second failed with ENOSPC");
    assertThat(framework.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }

  @Test
  void shouldNotGoOnWhenTheCallerIsInterrupted() {
    offer("first", 0, (spec, caller) -> fail(Errno.EINTR));
    offer("second", 1, this::pages);
    assertErrno(Errno.EINTR, () -> user.allocate(FRAME, CAMERA));
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldNameEachDevicesConstraintWhenNobodySuits() {
    offer("system", 0, this::pages);
    Importer needy = ImporterNeeds.of(DmaDevice.builder("tuner").contiguous().build());
    Importer screen =
        ImporterNeeds.of(DmaDevice.named("screen"))
            .withPixels(
                FormatTable.linear(List.of(PixelFormat.NV12)),
                1,
                SizeLimits.ofFrames(1, 1, 4096, 100));
    BufferRequest large = BufferRequest.frame(640, 480, PixelFormat.GREY);
    assertThatThrownBy(() -> user.allocate(large, needy, screen))
        .hasMessage(
            "EINVAL: No exporter can make R8 of 640x480 for tuner, screen; not system: screen has"
                + " no R8, screen has heights up to 100, and this is 480, tuner needs one run of"
                + " addresses, and the memory is in runs of 4096 bytes or more");
    assertThat(asked).isEmpty();
    assertThat(user.negotiate(large, needy, screen).best()).isEmpty();
  }

  @Test
  void shouldSayWhoIsThereWhenTheOneAskedForIsNot() {
    assertThatThrownBy(() -> user.allocate(FRAME, CAMERA))
        .hasMessageStartingWith("ENODEV: ")
        .hasMessageEndingWith("there is no exporter");
    offer("system", 0, this::pages);
    assertThatThrownBy(() -> user.allocate(FRAME.from("vram"), CAMERA))
        .hasMessageEndingWith("but vram; there is system");
  }

  @Test
  void shouldAskTheNextWhenAnExporterLeavesMeanwhile() {
    AtomicReference<Listing> second = new AtomicReference<>();
    offer(
        "first",
        0,
        (spec, caller) -> {
          second.get().close();
          return fail(Errno.ENODEV);
        });
    second.set(offer("second", 1, this::pages));
    offer("third", 2, this::pages);
    try (NegotiatedBuffer made = user.allocate(FRAME, CAMERA)) {
      assertThat(made.failures()).hasSize(2);
      assertThat(made.failures().getLast())
          .isEqualTo("second failed with ENODEV: Exporter second has left");
      assertThat(made.candidate().place()).isEqualTo("third");
    }
    assertThat(user.exporters()).extracting(ExporterOffer::name).containsExactly("first", "third");
  }

  @Test
  void shouldAskTheNextWhenTheBundleOfAnExporterEndsBeforeItsBufferIsTaken() {
    DmaBufRegistry leaving = framework.open("leaving");
    offer(
        "first",
        0,
        (spec, caller) -> {
          BackingStore store = leaving.allocate(spec.bytes(), caller.account());
          DmaBuf made =
              leaving.export(
                  ExportInfo.of("first", store.size(), new StoreOps(store), ExportPolicy.REVOKE));
          framework.core().close(leaving);
          return made;
        });
    offer("second", 1, this::pages);
    try (NegotiatedBuffer made = user.allocate(FRAME, CAMERA)) {
      assertThat(made.candidate().place()).isEqualTo("second");
      assertThat(framework.holdings().buffers()).isEqualTo(1);
    }
  }

  @Test
  void shouldGiveBackABufferThatIsNotAsPromised() {
    offer("small", 0, (spec, caller) -> export(4096, caller));
    offer("large", 1, (spec, caller) -> export(spec.bytes() + 4096, caller));
    offer("right", 2, this::pages);
    Importer picky =
        ImporterNeeds.of(DmaDevice.named("camera"))
            .withPixels(FormatTable.ANY, 1, new SizeLimits(1, 1, 4096, 4096, 8192));
    try (NegotiatedBuffer made = user.allocate(BufferRequest.bytes(8192), picky)) {
      assertThat(made.candidate().place()).isEqualTo("right");
      assertThat(made.failures().getFirst()).contains("8192 or more were asked");
      assertThat(made.failures().getLast())
          .contains("camera has buffers up to 8192 bytes, and this one has 12288");
      assertThat(framework.holdings().buffers()).isEqualTo(1);
    }
  }

  @Test
  void shouldKeepToTheLimitsOfTheClient() {
    DmaBufCore core =
        DmaBufCore.create(new MemoryLimits(1 << 20, 1 << 20, 8192), java.time.Duration.ZERO);
    DmaBufRegistry exporter = core.open("exporter");
    DmaBufRegistry poor = core.open("poor");
    core.catalog()
        .add(
            ExporterOffer.of("system", Placement.ofPages("pages", 0)),
            (spec, caller) -> {
              BackingStore store = exporter.allocate(spec.bytes(), caller.account());
              return exporter.export(
                  ExportInfo.of("pages", store.size(), new StoreOps(store), ExportPolicy.REVOKE));
            });
    NegotiatedBuffer first = poor.allocate(BufferRequest.bytes(8192), CAMERA);
    assertErrno(Errno.ENOMEM, () -> poor.allocate(BufferRequest.bytes(1), CAMERA));
    first.close();
    poor.allocate(BufferRequest.bytes(1), CAMERA).close();
    core.close();
  }

  @Test
  void shouldLeaveNothingWhenTheClientEndsMeanwhile() {
    offer(
        "system",
        0,
        (spec, caller) -> {
          framework.core().leave(user);
          return pages(spec, caller);
        });
    assertErrno(Errno.ENODEV, () -> user.allocate(FRAME, CAMERA));
    assertThat(asked).hasSize(1);
    assertThat(framework.holdings().buffers()).isZero();
    assertErrno(Errno.ENODEV, () -> user.negotiate(FRAME, CAMERA));
  }

  @Test
  void shouldTellWhoWatchesUntilItEnds() {
    List<String> seen = new ArrayList<>();
    Listing watch = user.whenDevicesChange(() -> seen.add("user sees " + user.exporters().size()));
    driver.whenDevicesChange(
        () -> {
          throw new IllegalStateException("a mistake");
        });
    driver.whenDevicesChange(() -> seen.add("driver is told"));
    Listing heap = offer("heap", 0, this::pages);
    framework.core().close(driver);
    heap.close();
    watch.close();
    framework.core().catalog().add(1, ImporterNeeds.of(DmaDevice.named("camera")));
    assertThat(seen).containsExactly("user sees 1", "driver is told", "user sees 0");
    assertThat(user.importers()).extracting(ImporterNeeds::name).containsExactly("camera");
    assertErrno(Errno.ENODEV, () -> driver.whenDevicesChange(() -> {}));
  }

  @Test
  void shouldAskNobodyWhenADeviceIsGone() {
    offer("system", 0, this::pages);
    Importer gone =
        () -> {
          throw new DmaBufException(Errno.ENODEV, "camera is gone");
        };
    assertErrno(Errno.ENODEV, () -> user.allocate(FRAME, gone));
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldGiveOneBufferToEachOfManyWhileExportersComeAndGo() throws Exception {
    offer("system", 5, (spec, caller) -> export(spec.bytes(), caller));
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 200; i++) {
            if (number == 0) {
              Listing briefly = offer("brief", 0, (spec, caller) -> export(spec.bytes(), caller));
              user.negotiate(FRAME, CAMERA);
              briefly.close();
            } else {
              user.allocate(FRAME, CAMERA).close();
            }
          }
        });
    assertThat(user.exporters()).extracting(ExporterOffer::name).containsExactly("system");
    assertThat(framework.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
  }
}
