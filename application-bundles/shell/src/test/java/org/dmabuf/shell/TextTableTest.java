package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class TextTableTest {
  @Test
  void shouldMakeColumnsAsWideAsTheirWidestCell() {
    String text =
        new TextTable("A", "B")
            .row("long cell", 1)
            .detail("of its own width, whatever")
            .row(2, 3)
            .text();

    assertThat(text)
        .isEqualTo(
            """
            A          B
            long cell  1
                of its own width, whatever
            2          3\
            """);
  }

  @Test
  void shouldRefuseARowThatDoesNotFit() {
    TextTable table = new TextTable("A", "B");
    assertThatThrownBy(() -> table.row(1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldSayBytesInTheUnitThatSuits() {
    assertThat(Units.bytes(0)).isEqualTo("0 B");
    assertThat(Units.bytes(1023)).isEqualTo("1023 B");
    assertThat(Units.bytes(1536)).isEqualTo("1.5 KiB");
    assertThat(Units.bytes(5L << 40)).isEqualTo("5.0 TiB");
    assertThat(Units.bytes(5L << 50)).isEqualTo("5120.0 TiB");
    assertThat(Units.count(1, "buffer")).isEqualTo("1 buffer");
    assertThat(Units.count(0, "buffer")).isEqualTo("0 buffers");
  }
}
