package org.dmabuf.negotiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dmabuf.DmaConstraints;
import org.dmabuf.Errno;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;

/** Needs and offers as service properties. */
class ServiceKeysTest {

  @Test
  void shouldReadWhatWasWritten() {
    RandomDevices devices = new RandomDevices(new Random(1));
    for (int i = 1; i < 500; i++) {
      ImporterNeeds needs = devices.importer("camera" + i);
      assertThat(ImporterNeeds.of(needs.toProperties())).isEqualTo(needs);
      ExporterOffer offer = devices.exporter(i);
      ExporterOffer read = ExporterOffer.of(offer.toProperties()).withId(i);
      // Limits in bytes are the placements'.
      assertThat(read.placements()).isEqualTo(offer.placements());
      assertThat(read.formats()).isEqualTo(offer.formats());
      assertThat(read.ranking()).isEqualTo(offer.ranking());
    }
  }

  @Test
  void shouldWriteTypesOfTheJdkOnly() {
    RandomDevices devices = new RandomDevices(new Random(2));
    assertThat(devices.importer("camera").toProperties().values())
        .allSatisfy(
            value -> assertThat(value.getClass().getModule().getName()).isEqualTo("java.base"));
    assertThat(devices.exporter(1).toProperties().values())
        .allSatisfy(
            value -> assertThat(value.getClass().getModule().getName()).isEqualTo("java.base"));
  }

  @Test
  void shouldTakeAnythingAndGivePagesWhenNothingIsSaid() {
    ImporterNeeds needs = ImporterNeeds.of(Map.of("dmabuf.device", "camera"));
    assertThat(needs.constraints()).isEqualTo(DmaConstraints.NONE);
    assertThat(needs.formats()).isEqualTo(FormatTable.ANY);
    ExporterOffer offer = ExporterOffer.of(Map.of("dmabuf.exporter", "heap", "service.id", 7L));
    assertThat(offer).isEqualTo(ExporterOffer.of("heap", Placement.ofPages("memory", 0)).withId(7));
  }

  @Test
  void shouldReadTextWhereConfigurationsHaveIt() {
    ImporterNeeds needs =
        ImporterNeeds.of(
            Map.of(
                "dmabuf.device", "camera",
                "dmabuf.address.mask", "0xffffffffffffffff",
                "dmabuf.segment.max", "65536",
                "dmabuf.contiguous", "true",
                "dmabuf.formats", "NV12",
                "dmabuf.modifiers.NV12", List.of("0", "0x8300000000000002")));
    assertThat(needs.constraints()).isEqualTo(new DmaConstraints(-1L, 1, true, 65_536, -1L));
    assertThat(needs.formats().modifiers(PixelFormat.NV12))
        .containsExactly(Modifier.LINEAR, RandomDevices.COMPRESSED);
  }

  @Test
  void shouldPreferWhatIsSaidOfAPlacementToWhatIsSaidOfAll() {
    ExporterOffer offer =
        ExporterOffer.of(
            Map.of(
                "dmabuf.exporter",
                "vram",
                "dmabuf.placements",
                new String[] {"vram", "system"},
                "dmabuf.contiguous.vram",
                true,
                "dmabuf.cost",
                5,
                "dmabuf.cost.system",
                20));
    assertThat(offer.placements())
        .containsExactly(Placement.ofPages("vram", 5).inOneRun(), Placement.ofPages("system", 20));
  }

  @Test
  void shouldNameTheServiceAndTheKeyThatCannotBeRead() {
    assertThatThrownBy(
            () -> ImporterNeeds.of(Map.of("dmabuf.device", "camera", "dmabuf.alignment", "many")))
        .hasMessageContaining("dmabuf.device=camera has dmabuf.alignment=many");
    assertErrno(Errno.EINVAL, () -> ImporterNeeds.of(Map.of()));
    assertErrno(Errno.EINVAL, () -> ExporterOffer.of(Map.of()));
    assertErrno(
        Errno.EINVAL,
        () ->
            ExporterOffer.of(
                Map.of("dmabuf.exporter", "e", "dmabuf.placements", new String[] {"a", "a"})));
    assertErrno(
        Errno.EINVAL,
        () -> ImporterNeeds.of(Map.of("dmabuf.device", "c", "dmabuf.segments.max", 1L << 40)));
    assertErrno(
        Errno.EINVAL, () -> ImporterNeeds.of(Map.of("dmabuf.device", "c", "dmabuf.iommu.page", 3)));
  }
}
