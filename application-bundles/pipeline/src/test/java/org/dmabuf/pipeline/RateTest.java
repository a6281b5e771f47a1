package org.dmabuf.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateTest {
  @ParameterizedTest
  @CsvSource({
    "60,60000,16666666,60:1",
    "30000/1001,29970,33366666,30000:1001",
    "29.97,29970,33366700,29970:1000",
    "0.5,500,2000000000,500:1000",
    "max,0,0,30:1"
  })
  void readsRates(String text, int milliHertz, long period, String y4m) {
    Rate rate = Rate.parse(text);
    assertThat(rate.milliHertz()).isEqualTo(milliHertz);
    assertThat(rate.periodNanos()).isEqualTo(period);
    assertThat(rate.forY4m()).isEqualTo(y4m);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-1",
        "fast",
        "1/0",
        "0/5",
        "1.2345",
        "99999999",
        "1001",
        "1000.5",
        "1/9999999"
      })
  void refusesWhatIsNoRate(String text) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> Rate.parse(text))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining("max");
  }

  @Test
  void knowsAFreeRate() {
    assertThat(Rate.parse("max").isFree()).isTrue();
    assertThat(Rate.parse("1").isFree()).isFalse();
  }
}
