package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.dmabuf.DmaDevice;
import org.dmabuf.negotiation.DeviceCatalog;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NegotiateCommandTest {
  private final Rig rig = new Rig();
  private final DeviceCatalog catalog = rig.core.catalog();
  private final NegotiateCommand command = new NegotiateCommand(rig.shell);

  @AfterEach
  void close() {
    rig.close();
  }

  private void offer(Map<String, ?> properties) {
    catalog.add(ExporterOffer.of(properties), rig.heap);
  }

  private List<String> lines(String formats, String exporter, String... devices) {
    return command
        .negotiate(formats, "64x48", exporter, devices)
        .lines()
        .map(line -> line.replaceAll(" +", " "))
        .toList();
  }

  @Test
  @Row("N15")
  void shouldTellWhoWouldMakeItAndWhyTheOthersCouldNot() {
    offer(Map.of("dmabuf.exporter", "system"));
    offer(Map.of("dmabuf.exporter", "reserved", "dmabuf.contiguous", true, "dmabuf.cost", 10));
    catalog.add(1, ImporterNeeds.of(DmaDevice.named("screen")));
    catalog.add(2, ImporterNeeds.of(DmaDevice.builder("tuner").contiguous().build()));
    assertThat(lines("NV12", ""))
        .containsExactly(
            "NV12 of 64x48 for screen, tuner",
            "",
            "ORDER EXPORTER PLACEMENT FORMAT PITCHES OF SIZE COST",
            "1 reserved memory NV12 LINEAR 1 8.0 KiB 10",
            "no system memory NV12 LINEAR 1 8.0 KiB 0",
            " tuner needs one run of addresses, and the memory is in runs of 4096 bytes or more");
    assertThat(lines("NV12,XR24", "system", "screen"))
        .containsExactly(
            "NV12 or XR24 of 64x48 for screen",
            "",
            "ORDER EXPORTER PLACEMENT FORMAT PITCHES OF SIZE COST",
            "1 system memory NV12 LINEAR 1 8.0 KiB 0",
            "2 system memory XR24 LINEAR 1 12.0 KiB 0");
    assertThat(rig.shell.holdings().buffers()).as("a question only").isZero();
  }

  @Test
  void shouldSayWhatWouldWork() {
    assertThat(lines("NV12", ""))
        .containsExactly("Nobody can be asked for NV12 of 64x48 for no device.");
    assertThatThrownBy(() -> command.negotiate("NV12", "64x48", "", "camera"))
        .hasMessage(
            "ENOENT: There is no device 'camera'; there is none, 'pipeline start' makes two");
    assertThatThrownBy(() -> command.negotiate("NV12", "64", "")).hasMessageContaining("640x480");
    assertThatThrownBy(() -> command.negotiate("XYZ", "64x48", ""))
        .hasMessageContaining("known are");
  }
}
