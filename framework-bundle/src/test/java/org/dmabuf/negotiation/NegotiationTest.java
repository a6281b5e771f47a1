package org.dmabuf.negotiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;

/** Who fits whom, by hand. */
class NegotiationTest {
  private static final long TILED = RandomDevices.TILED;
  private static final long COMPRESSED = RandomDevices.COMPRESSED;
  private static final BufferRequest NV12 = BufferRequest.frame(64, 48, PixelFormat.NV12);

  private static final ExporterOffer PAGES =
      ExporterOffer.of("system", Placement.ofPages("pages", 0)).withId(1);
  private static final ExporterOffer REGION =
      ExporterOffer.of("reserved", Placement.ofPages("region", 10).inOneRun()).withId(2);

  private static ImporterNeeds camera() {
    return ImporterNeeds.of(DmaDevice.named("camera"));
  }

  private static FormatTable nv12(Long... modifiers) {
    return FormatTable.linear(List.of(PixelFormat.NV12)).with(PixelFormat.NV12, List.of(modifiers));
  }

  private static ImporterNeeds screen(String driver, Long... modifiers) {
    return ImporterNeeds.of(DmaDevice.named("screen"))
        .withDriver(driver)
        .withPixels(nv12(modifiers), 1, SizeLimits.NONE);
  }

  private static ExporterOffer gpu(String driver, Long... modifiers) {
    return new ExporterOffer(
        3,
        0,
        "gpu",
        driver,
        nv12(modifiers),
        1,
        SizeLimits.NONE,
        List.of(Placement.ofPages("pages", 0)));
  }

  private static Negotiation ask(BufferRequest request, ImporterNeeds device, ExporterOffer... of) {
    return Negotiation.of(request, List.of(device), List.of(of));
  }

  @Test
  void cheapestPlacementThatAllCanUseIsTaken() {
    assertThat(ask(NV12, camera(), REGION, PAGES).best().orElseThrow().place()).isEqualTo("system");
    ImporterNeeds needy = ImporterNeeds.of(DmaDevice.builder("camera").contiguous().build());
    Negotiation answer = ask(NV12, needy, REGION, PAGES);
    assertThat(answer.best().orElseThrow().place()).isEqualTo("reserved");
    assertThat(answer.sentence())
        .isEqualTo(
            "NV12 of 64x48 for camera: reserved can, as NV12 LINEAR; not system: camera needs one"
                + " run of addresses, and the memory is in runs of 4096 bytes or more");
  }

  @Test
  void bufferOfOnePageIsOneRunWhereverItComesFrom() {
    ImporterNeeds needy = ImporterNeeds.of(DmaDevice.builder("camera").contiguous().build());
    assertThat(ask(BufferRequest.bytes(4096), needy, PAGES).best()).isPresent();
    assertThat(ask(BufferRequest.bytes(4097), needy, PAGES).best()).isEmpty();
  }

  @Test
  @Row("N15")
  void linearAndInvalidAreNotTheSame() {
    Negotiation answer =
        ask(NV12, screen("vendor", Modifier.LINEAR), gpu("vendor", Modifier.INVALID));
    assertThat(answer.best()).isEmpty();
    assertThat(answer.sentence()).contains("screen has no NV12 with modifier INVALID");
    answer = ask(NV12, screen("vendor", Modifier.INVALID), gpu("vendor", Modifier.LINEAR));
    assertThat(answer.sentence()).contains("screen has no NV12 with modifier LINEAR");
  }

  @Test
  @Row("N15")
  void implicitModifierIsForDevicesOfTheExportersDriver() {
    long implicit = Modifier.INVALID;
    assertThat(ask(NV12, screen("vendor", implicit), gpu("vendor", implicit)).best()).isPresent();
    assertThat(ask(NV12, screen("other", implicit), gpu("vendor", implicit)).sentence())
        .contains("screen is not of the exporter's driver");
    assertThat(ask(NV12, screen("", implicit), gpu("", implicit)).best()).isEmpty();
  }

  @Test
  @Row("N15")
  void vendorsModifierFitsTheEqualOneOnly() {
    assertThat(ask(NV12, screen("x", TILED), gpu("y", TILED, COMPRESSED)).best())
        .hasValueSatisfying(
            found -> {
              assertThat(found.modifier()).isEqualTo(TILED);
              assertThat(found.layout()).as("only the exporter knows it").isEmpty();
            });
    assertThat(ask(NV12, screen("x", TILED), gpu("x", COMPRESSED)).best()).isEmpty();
  }

  @Test
  @Row("N15")
  void modifiersAreTriedInTheOrderOfTheRequestOrElseVendorsFirst() {
    ImporterNeeds screen = screen("v", Modifier.LINEAR, Modifier.INVALID, TILED, COMPRESSED);
    ExporterOffer gpu = gpu("v", COMPRESSED, Modifier.INVALID, Modifier.LINEAR, TILED);
    assertThat(ask(NV12, screen, gpu).fitting())
        .extracting(Candidate::modifier)
        .containsExactly(TILED, COMPRESSED, Modifier.LINEAR, Modifier.INVALID);
    BufferRequest linear = NV12.withModifiers(Modifier.LINEAR, TILED);
    assertThat(ask(linear, screen, gpu).fitting())
        .extracting(Candidate::modifier)
        .containsExactly(Modifier.LINEAR, TILED);
  }

  @Test
  void pitchesSuitTheStrictestOfAll() {
    ImporterNeeds camera = camera().withPixels(FormatTable.ANY, 32, SizeLimits.NONE);
    Candidate found = ask(NV12.withPitchAlign(128), camera, PAGES).best().orElseThrow();
    assertThat(found.layout().orElseThrow().planes().getFirst().pitch()).isEqualTo(128);
    assertThat(found.pitchAlign()).isEqualTo(128);
  }

  @Test
  void requestToOneExporterLooksAtNoOther() {
    Negotiation answer = ask(NV12.from("reserved"), camera(), PAGES, REGION);
    assertThat(answer.candidates()).extracting(Candidate::place).containsExactly("reserved");
    assertThat(ask(NV12.from("nobody"), camera(), PAGES).sentence())
        .isEqualTo("Nobody can be asked for NV12 of 64x48 for camera");
  }

  @Test
  void deviceBehindAnIommuTakesScatteredPagesInsteadOfOneRun() {
    DmaDevice.Builder device = DmaDevice.builder("camera").contiguous().addressMask(0xffff_ffffL);
    assertThat(ask(NV12, ImporterNeeds.of(device.build()), PAGES).sentence())
        .contains(
            "reaches addresses up to 0xffffffff, and the memory lies up to 0xffffffffffffffff")
        .contains("needs one run");
    device.iommu(org.dmabuf.Iommu.of("smmu", 0, 1 << 30));
    assertThat(ask(NV12, ImporterNeeds.of(device.build()), PAGES).best()).isPresent();
    device.iommu(org.dmabuf.Iommu.of("smmu", 0, 1 << 30, 65_536));
    assertThat(ask(BufferRequest.bytes(70_000), ImporterNeeds.of(device.build()), PAGES).sentence())
        .contains("is behind an IOMMU with pages of 65536 bytes");
  }

  @Test
  void requestThatMakesNoSenseIsRefused() {
    assertErrno(Errno.EINVAL, () -> BufferRequest.frame(64, 48));
    assertErrno(Errno.EINVAL, () -> BufferRequest.frame(0, 48, PixelFormat.NV12));
    assertErrno(Errno.EINVAL, () -> BufferRequest.bytes(0));
    assertErrno(Errno.EINVAL, () -> BufferRequest.bytes((1L << 62) + 1));
    assertErrno(Errno.EINVAL, () -> BufferRequest.bytes(1).withModifiers(Modifier.LINEAR));
    assertErrno(Errno.EINVAL, () -> NV12.withPitchAlign(3));
  }
}
