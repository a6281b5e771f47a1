package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.ImporterNeeds;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;

final class DisplayTest {
  private final List<String> calls = new ArrayList<>();
  private DisplayDevice offered;
  private Map<String, Object> properties;
  private boolean stopped;

  @Test
  void itOffersTheDeviceAsConfiguredUntilItStops() {
    try (DmaBufCore core = DmaBufCore.create()) {
      DmaBufRegistry bundle = core.open("display bundle");
      Display display =
          new Display(context(), bundle, config(Map.of("device", "left", "max_width", 640)));
      assertThat(properties.get("dmabuf.device")).isEqualTo("left");
      assertThat(properties.get("dmabuf.role")).isEqualTo("display");
      assertThat(properties.get("dmabuf.driver")).isEqualTo("org.dmabuf.importer.display");
      assertThat(properties.get("dmabuf.version")).isEqualTo("1.2.3");
      assertThat((String[]) properties.get("dmabuf.formats"))
          .hasSize(PixelFormat.values().length)
          .contains("NV12", "GREY");
      assertThat(offered.info().maker().version()).isEqualTo("1.2.3");
      assertThat(offered.info().pitchAlign()).isEqualTo(64);
      assertThat(offered.planes()).as("primary, overlays, cursor").hasSize(4);
      assertThat(offered.connectors()).as("screen, writeback").hasSize(2);
      assertThat(offered.info().screens().getFirst().modes())
          .containsExactly(new Mode(640, 1080, 60_000));
      assertThat(ImporterNeeds.of(properties))
          .as("what can be known without asking")
          .isEqualTo(offered.needs());
      assertThat(offered.needs().sizes().maxWidth()).isEqualTo(640);
      assertThat(offered.getClass().getPackageName()).isEqualTo("org.dmabuf.display.kms");

      KmsFile file = offered.open(core.open("client").files());
      set(file, new Mode(640, 480, 60_000));
      assertThat(errnoOf(() -> set(file, new Mode(641, 480, 60_000)))).isEqualTo(Errno.EINVAL);

      display.stop();
      assertThat(calls).containsExactly("registered", "unregistered");
      assertThat(offered.status()).startsWith("has gone");
      assertThat(errnoOf(offered::needs)).isEqualTo(Errno.ENODEV);
      assertThat(errnoOf(() -> set(file, new Mode(640, 480, 60_000)))).isEqualTo(Errno.ENODEV);
    }
  }

  @Test
  void aConfigurationThatCannotBeIsRefusedAndStartsNothing() {
    try (DmaBufCore core = DmaBufCore.create()) {
      DmaBufRegistry bundle = core.open("display bundle");
      assertThat(errnoOf(() -> new Display(context(), bundle, config(Map.of("pitch_align", 48)))))
          .isEqualTo(Errno.EINVAL);
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void aBundleThatStopsMeanwhileLeavesNoThread() {
    try (DmaBufCore core = DmaBufCore.create()) {
      stopped = true;
      DmaBufRegistry bundle = core.open("display bundle");
      assertThatThrownBy(
              () -> new Display(context(), bundle, config(Map.of("device", "stillborn"))))
          .isInstanceOf(IllegalStateException.class);
      assertThat(Thread.getAllStackTraces().keySet())
          .noneMatch(thread -> thread.getName().contains("dmabuf-stillborn"));
    }
  }

  private void set(KmsFile file, Mode mode) {
    file.commit(
        new AtomicRequest()
            .light(offered.crtcs().getFirst(), offered.connectors().getFirst(), mode),
        AtomicFlag.ALLOW_MODESET);
  }

  private static Errno errnoOf(Runnable call) {
    return catchThrowableOfType(DmaBufException.class, call::run).errno();
  }

  /** The configuration with its defaults, but for the given values. */
  private static DisplayConfig config(Map<String, Object> given) {
    return fake(
        DisplayConfig.class,
        (name, arguments) -> {
          try {
            Object standard = DisplayConfig.class.getDeclaredMethod(name).getDefaultValue();
            return given.getOrDefault(name, standard);
          } catch (NoSuchMethodException unknown) {
            return Annotation.class;
          }
        });
  }

  private BundleContext context() {
    Bundle bundle =
        fake(
            Bundle.class,
            (name, arguments) ->
                name.equals("getVersion") ? new Version("1.2.3") : "org.dmabuf.importer.display");
    ServiceRegistration<?> registration =
        fake(ServiceRegistration.class, (name, arguments) -> calls.add("unregistered") ? null : 0);
    return fake(
        BundleContext.class,
        (name, arguments) -> {
          if (name.equals("getBundle")) {
            return bundle;
          }
          if (stopped) {
            throw new IllegalStateException("planted");
          }
          calls.add("registered");
          offered = (DisplayDevice) arguments[1];
          properties = new HashMap<>();
          Dictionary<?, ?> given = (Dictionary<?, ?>) arguments[2];
          given
              .keys()
              .asIterator()
              .forEachRemaining(key -> properties.put((String) key, given.get(key)));
          return registration;
        });
  }

  private interface Call {
    Object answer(String method, Object[] arguments);
  }

  private static <T> T fake(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.answer(method.getName(), arguments)));
  }
}
