package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** The default product starts, whole. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ProductStartsIT {
  @Inject private BundleContext context;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.whole());
  }

  @Test
  public void shouldRunOnJdk25InFelix() {
    assertThat(Runtime.version().feature()).isGreaterThanOrEqualTo(25);
    assertThat(context.getBundle(0).getSymbolicName()).isEqualTo("org.apache.felix.framework");
  }

  @Test
  public void shouldHaveEveryBundleActive() {
    List<String> inactive = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
      if (!fragment && bundle.getState() != Bundle.ACTIVE) {
        inactive.add(bundle.getSymbolicName() + " in state " + bundle.getState());
      }
    }
    assertThat(inactive).isEmpty();
  }

  @Test
  public void shouldHaveOurBundles() {
    assertThat(Arrays.stream(context.getBundles()).map(Bundle::getSymbolicName))
        .contains("org.dmabuf.framework", "org.dmabuf.application.demo")
        .containsAll(ProductOptions.DRIVERS);
  }
}
